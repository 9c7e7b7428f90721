"""The permissions boundary of a user or role: it limits what identity-based policies give (rule 10).

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policy


def check_boundary(policy: Policy, facts: Facts) -> Check:
    """Return the boundary's check."""
    return check(Layer.PERMISSIONS_BOUNDARY, (policy,), facts)
