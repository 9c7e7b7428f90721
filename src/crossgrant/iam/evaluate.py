"""The order of the layers, and how they combine to a decision.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from crossgrant.iam import trace as tracing
from crossgrant.iam.check import DIRECT, Check, Found, allowing, matched, silent
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
ALLOW, EXPLICIT_DENY, IMPLICIT_DENY, UNKNOWN = Decision  # a name of a module is found faster than an enum's member
FEDERATED_USER, LIMITED = PrincipalType.FEDERATED_USER, Grade.LIMITED
BOUNDED = frozenset({PrincipalType.USER, PrincipalType.ROLE, PrincipalType.ROLE_SESSION, PrincipalType.FEDERATED_USER})


class Evaluation(NamedTuple):
    """The answer to a request."""

    decision: Decision
    decided_by: tuple[DecidedBy, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    trace: Trace | None


# What the layers below the organization's and the endpoint's say together: whether they allow, the checks that had to,
# and those of them in which nothing does.
Grant: TypeAlias = tuple[Truth, list[Check], list[Check]]


def evaluate(request: Request, policies: PolicySet, *, trace: bool = False) -> Evaluation:
    """Decide `request` under `policies`, as AWS does; with `trace`, say how each statement fared."""
    kind = request.principal.type
    boundary = policies.permissions_boundary if kind in BOUNDED else None
    facts = Facts(request, boundary=boundary is not None)
    if facts.action == ALWAYS_ALLOWED:
        return Evaluation(ALLOW, (), (), Trace((), facts.context()) if trace else None)
    ceilings: list[Check] = []
    if policies.resource_control:
        ceilings += resource_control.checks(policies.resource_control, facts)
    if policies.service_control:
        ceilings += service_control.checks(policies.service_control, facts)
    if policies.vpc_endpoint:
        ceilings.append(vpc_endpoint.check_endpoint(policies.vpc_endpoint, facts))
    of_resource = resource.check_resource(policies.resource_based, facts)
    limits: list[Check] = []
    if request.principal.account_id is None:  # rule 42: the caller has no policies of its own
        grant: Grant = (of_resource.allow, [of_resource], _silent([of_resource]))
        checks = [*ceilings, of_resource]
    else:
        of_principal = principal.check_principal(policies.identity_based, policies.session, facts)
        if boundary is not None:
            limits.append(permissions_boundary.check_boundary(boundary, facts))
        if policies.session or kind is FEDERATED_USER:
            limits.append(session.check_session(policies.session, facts))
        grant = _grant(facts, of_resource, of_principal, limits)
        checks = [*ceilings, of_resource, of_principal, *limits]
    decision, decided_by = _decide(checks, ceilings, grant)
    traced = tracing.trace(facts, checks, ceilings + grant[1], _silent(ceilings) + grant[2]) if trace else None
    return Evaluation(decision, decided_by, tuple(facts.not_evaluated), traced)


def _grant(facts: Facts, of_resource: Check, of_principal: Check, limits: list[Check]) -> Grant:
    limited = both(*[check.allow for check in limits]) if limits else True
    own = both(of_principal.allow, limited)
    everything = [of_resource, of_principal, *limits]
    if facts.owner_account != facts.principal.account_id:  # rule 7
        return (both(of_resource.allow, own), everything, _silent(everything))
    if resource.must_allow(facts):  # rules 8 and 9
        own = both(own, of_resource.allow)
    elif not of_resource.policies:
        return (own, [of_principal, *limits], _silent([of_principal, *limits]))
    direct = allowing(of_resource.allows, DIRECT)  # rules 1, 3 and 4
    if direct is True:
        return (True, [of_resource, of_principal], [])
    named = allowing(of_resource.allows, LIMITED)  # rule 2
    needed = [of_resource, *limits] if named is True else everything
    return (either(direct, both(named, limited), own), everything, _silent(needed))


def _silent(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.allow is False]


def _decide(checks: list[Check], ceilings: list[Check], grant: Grant) -> tuple[Decision, tuple[DecidedBy, ...]]:
    allow, used, silents = grant
    if ceilings:
        allow = both(allow, *[check.allow for check in ceilings])
        used, silents = ceilings + used, _silent(ceilings) + silents
    denied: Truth = False
    for check in checks:
        for found in check.denies:
            denied = denied or not found[2] or None
    if denied is True:  # rule 5
        return EXPLICIT_DENY, _statements(checks, lambda check: check.denies, is_open=False)
    if allow is False:
        return IMPLICIT_DENY, tuple(dict.fromkeys(map(silent, silents)))
    if allow is None or denied is None:
        return UNKNOWN, _statements(checks, lambda check: (*check.allows, *check.denies), is_open=True)
    return ALLOW, _statements(used, lambda check: check.allows, is_open=False)


def _statements(checks: list[Check], of: Callable[[Check], Sequence[Found]], *, is_open: bool) -> tuple[DecidedBy, ...]:
    reasons: list[DecidedBy] = []
    for check in checks:
        for found in of(check):
            if found[2] is is_open:
                reasons.append(matched(check, found))  # noqa: PERF401 - the path of every Allow: no frame of its own
    return tuple(reasons)
