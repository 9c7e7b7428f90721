"""The layers of authority, a file each, in the order in which AWS lists its checks.

resource_control, service_control, vpc_endpoint, resource, principal, permissions_boundary, session. Each takes the
policies of its kind and the facts of a request, and returns a Check. Only `evaluate` knows how they combine.
"""
