"""What runs outside the gateway's process: the bootstrap and the interface client in a worker, and the reaper.

None of it imports crossgrant, and crossgrant imports none of it; it only has to lie beside the rest.
"""
