"""The order of the layers, and how they combine to a decision.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from typing import NamedTuple

from crossgrant.iam import trace as tracing
from crossgrant.iam.check import Check, allowing, matched, silent
from crossgrant.iam.decision import DecidedBy, Decision, NotEvaluated
from crossgrant.iam.elements import Grade
from crossgrant.iam.facts import Facts, Request
from crossgrant.iam.layers import (
    permissions_boundary,
    principal,
    resource,
    resource_control,
    service_control,
    session,
    vpc_endpoint,
)
from crossgrant.iam.policy import PolicySet
from crossgrant.iam.principal import PrincipalType
from crossgrant.iam.trace import Trace
from crossgrant.iam.truth import Truth, both, either

# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html (rule 18)
ALWAYS_ALLOWED = "sts:getcalleridentity"
BOUNDED = frozenset({PrincipalType.USER, PrincipalType.ROLE, PrincipalType.ROLE_SESSION, PrincipalType.FEDERATED_USER})


class Evaluation(NamedTuple):
    """The answer to a request."""

    decision: Decision
    decided_by: tuple[DecidedBy, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    trace: Trace | None


class Grant(NamedTuple):
    """What the layers below the organization's and the endpoint's say together.

    `used` had to allow; `silent` had to and didn't.
    """

    allow: Truth
    used: list[Check]
    silent: list[Check]


def evaluate(request: Request, policies: PolicySet, *, trace: bool = False) -> Evaluation:
    """Decide `request` under `policies`, as AWS does; with `trace`, say how each statement fared."""
    boundary = policies.permissions_boundary if request.principal.type in BOUNDED else None
    facts = Facts(request, boundary=boundary is not None)
    if facts.action == ALWAYS_ALLOWED:
        return Evaluation(Decision.ALLOW, (), (), Trace((), facts.context()) if trace else None)
    ceilings = resource_control.checks(policies.resource_control, facts)
    ceilings += service_control.checks(policies.service_control, facts)
    ceilings += vpc_endpoint.checks(policies.vpc_endpoint, facts)
    of_resource = resource.check_resource(policies.resource_based, facts)
    of_principal = principal.check_principal(policies.identity_based, policies.session, facts)
    limits = permissions_boundary.checks(boundary, facts) + session.checks(policies.session, facts)
    grant = _grant(facts, of_resource, of_principal, limits)
    asked = [of_resource] if of_resource.policies or of_resource in grant.silent else []
    checks = [*ceilings, *asked, *([of_principal] if of_principal else []), *limits]
    decision, decided_by = _decide(checks, ceilings, grant)
    not_evaluated = tuple(each for check in checks for each in check.not_evaluated)
    traced = tracing.trace(facts, checks, ceilings + grant.used, _silent(ceilings) + grant.silent) if trace else None
    return Evaluation(decision, decided_by, not_evaluated, traced)


def _grant(facts: Facts, of_resource: Check, of_principal: Check | None, limits: list[Check]) -> Grant:
    if of_principal is None:  # rule 42
        return Grant(of_resource.allow, [of_resource], _silent([of_resource]))
    limited = both(*[check.allow for check in limits])
    own = both(of_principal.allow, limited)
    everything = [of_resource, of_principal, *limits]
    if facts.owner_account != facts.principal.account_id:  # rule 7
        return Grant(both(of_resource.allow, own), everything, _silent(everything))
    if resource.must_allow(facts):  # rules 8 and 9
        own = both(own, of_resource.allow)
    elif not of_resource.policies:
        return Grant(own, everything, _silent([of_principal, *limits]))
    direct = allowing(of_resource.allows, Grade.DIRECT)  # rules 1, 3 and 4
    if direct is True:
        return Grant(True, [of_resource, of_principal], [])
    named = allowing(of_resource.allows, Grade.LIMITED)  # rule 2
    needed = [of_resource, *limits] if named is True else everything
    return Grant(either(direct, both(named, limited), own), everything, _silent(needed))


def _silent(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.allow is False]


def _decide(checks: list[Check], ceilings: list[Check], grant: Grant) -> tuple[Decision, tuple[DecidedBy, ...]]:
    denies = [matched(check, found) for check in checks for found in check.denies if not found.open]
    if denies:  # rule 5
        return Decision.EXPLICIT_DENY, tuple(denies)
    allow = both(grant.allow, *[check.allow for check in ceilings])
    if allow is False:
        silents = _silent(ceilings) + grant.silent
        return Decision.IMPLICIT_DENY, tuple(dict.fromkeys(map(silent, silents)))
    if allow is None or any(check.denies for check in checks):
        opened = (matched(check, found) for check in checks for found in check.allows + check.denies if found.open)
        return Decision.UNKNOWN, tuple(opened)
    used = (matched(check, found) for check in ceilings + grant.used for found in check.allows if not found.open)
    return Decision.ALLOW, tuple(used)
