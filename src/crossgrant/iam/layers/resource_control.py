"""Resource control policies: those of the resource's account, at every level (rules 12-14).

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.layers.resource import TRUST_ACTIONS
from crossgrant.iam.policy import Policies
from crossgrant.iam.principal import is_service_linked

# Not restricted by RCPs: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
_EXEMPT = "kms:retiregrant"


def checks(levels: tuple[Policies, ...], facts: Facts) -> list[Check]:
    """Return a check for each level; RCPFullAWSAccess is implied at every one, so only a Deny counts."""
    if not levels or facts.principal.service_linked or facts.action == _EXEMPT or _is_service_linked_trust(facts):
        return []
    return [check(Layer.RESOURCE_CONTROL, policies, facts, implied=True) for policies in levels]


def _is_service_linked_trust(facts: Facts) -> bool:
    """Return whether a service-linked role is what the request would assume: its trust policy is exempt (rule 13)."""
    return facts.action in TRUST_ACTIONS and is_service_linked(facts.resource)
