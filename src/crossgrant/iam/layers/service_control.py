"""Service control policies: those of the caller's account; an Allow is needed at every level (rules 10-13).

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

from crossgrant.iam.check import Check, check
from crossgrant.iam.decision import Layer
from crossgrant.iam.facts import Facts
from crossgrant.iam.policy import Policies


def checks(levels: tuple[Policies, ...], facts: Facts) -> list[Check]:
    """Return a check for each level; none binds the management account nor a service-linked role."""
    principal = facts.principal
    if principal.account_id is None or principal.management_account or principal.service_linked:
        return []
    return [check(Layer.SERVICE_CONTROL, policies, facts) for policies in levels]
