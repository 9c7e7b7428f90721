"""Resource control policies: those of the resource's account, at every level (rules 12–14).

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies


def checks(levels: tuple[Policies, ...], facts: Facts) -> list[Check]:
    """Return a check for each level; RCPFullAWSAccess is implied at every one, so only a Deny counts."""
    if not levels or facts.principal.service_linked:
        return []
    return [Check(Layer.RESOURCE_CONTROL, policies, facts, implied=True) for policies in levels]
