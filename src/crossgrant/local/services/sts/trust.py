"""Whose trust policy a role has, and whether a service may assume it."""

from __future__ import annotations

from functools import lru_cache

from crossgrant.iam import (
    Decision,
    Policy,
    PolicyKind,
    PolicySet,
    Principal,
    Request,
    RequestContext,
    evaluate,
    parse_policy,
)
from crossgrant.local.services.iam_.principal_rows import PrincipalRow


@lru_cache(maxsize=4096)
def trust_policy(role_name: str, document: str) -> Policy:
    """Return a stored trust policy, parsed; its name in traces is the role's."""
    return Policy(f"{role_name} trust policy", parse_policy(document, PolicyKind.TRUST))


def trust_policy_of(role: PrincipalRow) -> Policy:
    """Return the trust policy of a role."""
    assert role.trust is not None  # every role has one
    return trust_policy(role.name, role.trust)


def service_may_assume(role: PrincipalRow, service: str) -> bool:
    """Say whether the role's trust policy lets an AWS service (`lambda.amazonaws.com`) assume it."""
    request = Request(
        principal=Principal.service(service),
        action="sts:AssumeRole",
        resource=role.arn,
        resource_account=role.account,
        context=RequestContext.of({}),
    )
    return evaluate(request, PolicySet(resource_based=trust_policy_of(role))).decision is Decision.ALLOW
