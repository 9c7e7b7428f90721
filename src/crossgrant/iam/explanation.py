"""An evaluation in the shape of AWS IAM Toolbox's GetRequestAuthorizationDetails.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crossgrant.iam.decision import Decision, Layer
from crossgrant.iam.evaluate import Evaluation
from crossgrant.iam.facts import Request
from crossgrant.iam.policy import Policy, PolicySet
from crossgrant.iam.template import Unresolved
from crossgrant.iam.trace import CheckTrace, ConditionTrace, Effect, StatementTrace, Trace

_EFFECTS = {
    Decision.ALLOW: Effect.ALLOW,
    Decision.EXPLICIT_DENY: Effect.EXPLICIT_DENY,
    Decision.IMPLICIT_DENY: Effect.IMPLICIT_DENY,
    Decision.UNKNOWN: Effect.UNKNOWN,
}
_TYPES = {
    Layer.RESOURCE_CONTROL: "RESOURCE_CONTROL_POLICY",
    Layer.SERVICE_CONTROL: "SERVICE_CONTROL_POLICY",
    Layer.VPC_ENDPOINT: "VPC_ENDPOINT_POLICY",
    Layer.RESOURCE: "RESOURCE_BASED_POLICY",
    Layer.PRINCIPAL: "IDENTITY_BASED_POLICY",
    Layer.PERMISSIONS_BOUNDARY: "PERMISSIONS_BOUNDARY",
    Layer.SESSION: "SESSION_POLICY",
}


def evaluation_json(request: Request, policies: PolicySet, evaluation: Evaluation) -> dict[str, Any]:
    """Return `evaluation`, made with a trace, as AWS returns the details of an authorization."""
    traced = evaluation.trace or Trace((), {})
    context = {name: value for name, value in traced.context.items() if value is not None}
    return {
        "requestContext": context,
        "evaluations": [
            {
                "action": request.action,
                "resource": request.resource,
                "context": context,
                "evaluatedEffect": _EFFECTS[evaluation.decision],
                "checks": [_check(check) for check in traced.checks],
            }
        ],
        "policies": list(_policies(request, policies)),
    }


def conditions_json(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return every condition that was asked: where it stands, what it expected and met, and whether it matched."""
    return [
        {"layer": check.layer, "policy": policy.policy.name, **_condition(condition)}
        for check in (evaluation.trace.checks if evaluation.trace else ())
        for policy in check.policies
        for statement in policy.statements
        for condition in statement.conditions
    ]


def _condition(traced: ConditionTrace) -> dict[str, Any]:
    condition, actual = traced.condition, traced.actual
    return {
        "pointer": condition.pointer,
        "operator": condition.operator,
        "key": condition.key,
        "expected": list(condition.values),
        "actual": list(actual) if isinstance(actual, tuple) else None,
        "known": not isinstance(actual, Unresolved),
        "matched": traced.matched if traced.unread is None else None,
    }


def _check(check: CheckTrace) -> dict[str, Any]:
    matched = ((traced.policy, [each for each in traced.statements if each.matched]) for traced in check.policies)
    return {
        "checkType": check.layer,
        "evaluatedEffect": check.effect,
        "relevantPolicyTypes": [_TYPES[check.layer]],
        "matchedPolicies": [
            {"uri": policy.arn or policy.name, "matchedStatements": [_statement(each) for each in statements]}
            for policy, statements in matched
            if statements
        ],
    }


def _statement(traced: StatementTrace) -> dict[str, Any]:
    effect = {"evaluatedEffect": "ALLOW" if traced.statement.allows else "DENY"}
    return effect if traced.statement.sid is None else {"sid": traced.statement.sid, **effect}


def _policies(request: Request, policies: PolicySet) -> Iterable[dict[str, Any]]:
    caller = request.principal.role_arn or request.principal.arn
    resource, boundary = policies.resource_based, policies.permissions_boundary
    attached: tuple[tuple[Layer, Iterable[Policy], str | None], ...] = (
        (Layer.RESOURCE_CONTROL, (policy for level in policies.resource_control for policy in level), None),
        (Layer.SERVICE_CONTROL, (policy for level in policies.service_control for policy in level), None),
        (Layer.VPC_ENDPOINT, policies.vpc_endpoint, None),
        (Layer.RESOURCE, () if resource is None else (resource,), request.resource),
        (Layer.PRINCIPAL, policies.identity_based, caller),
        (Layer.PERMISSIONS_BOUNDARY, () if boundary is None else (boundary,), caller),
        (Layer.SESSION, policies.session, request.principal.arn),
    )
    for layer, listed, arn in attached:
        for policy in listed:
            yield {
                "type": _TYPES[layer],
                "inline": policy.arn is None,
                "uri": policy.arn or policy.name,
                "attachedTo": [] if arn is None else [{"arn": arn}],
            }
