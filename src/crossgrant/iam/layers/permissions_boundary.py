"""The permissions boundary of a user or role: it limits what identity-based policies give (rule 10).

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policy


def checks(policy: Policy | None, facts: Facts) -> list[Check]:
    """Return the boundary's check, none where no boundary binds the caller."""
    return [] if policy is None else [check(Layer.PERMISSIONS_BOUNDARY, (policy,), facts)]
