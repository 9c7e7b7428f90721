"""What the owner's trust policy asks of the call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.causes.trust_policy import PRINCIPAL_ARN, Trust, execution_role_arn, other_roles, read_trust
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.obstacles import Condition
from crossgrant.doctor.sent import EXTERNAL_ID
from crossgrant.doctor.statements import ROLE, Written, in_document, same_but_path, statements
from crossgrant.evidence import Function, JsonObject, NotRead, Role
from crossgrant.iam import Decision, Layer

EXTERNAL_ID_KEY = "sts:externalid"


def differs_by_the_path(inquiry: Inquiry) -> Finding:
    """F08: aws:PrincipalArn is compared with the role's ARN without its path, or with another path."""
    role = inquiry.execution_role
    if (
        inquiry.hop is Hop.ASSUME
        and isinstance(role, NotRead)
        and isinstance(inquiry.role, Role)
        and not isinstance(inquiry.role.trust, NotRead)
    ):
        named = (value for each in statements(inquiry.role.trust) for value in each.condition_values(PRINCIPAL_ARN))
        if any(_same_name(value, inquiry.execution_role_name) for value in named):
            return Open("aws:PrincipalArn holds the execution role's path, which was not read", (role,))
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    arn = execution_role_arn(inquiry)
    for statement, condition in trust.obstacles(PRINCIPAL_ARN):
        for number, value in enumerate(condition.values):
            if same_but_path(value, arn):
                place = trust.place(statement, "Condition", condition.operator, condition.key)
                listed = statement.body["Condition"][condition.operator][condition.key]
                exact = f"{place}/{number}" if isinstance(listed, list) else place
                fix = Fix(
                    trust.target,
                    ({"op": "replace", "path": exact, "value": arn},),
                    "compare with the role's ARN and its path",
                )
                return Found(f"`{value}` and `{arn}` differ by their path", exact, fix=fix)
    return RuledOut("no ARN differs by its path alone")


def _same_name(arn: str, name: str | None) -> bool:
    found = ROLE.match(arn)
    return bool(found and found["name"] == name)


def asks_for_an_external_id(inquiry: Inquiry) -> Finding:
    """F11: a condition on sts:ExternalId stands in the way."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    for statement, condition in trust.obstacles(EXTERNAL_ID_KEY):
        wanted = condition.values[0] if condition.values else ""
        place = trust.place(statement, "Condition", condition.operator, condition.key)
        fix = _sending(inquiry, wanted)
        if not condition.open:
            sent = f"the call sends `{inquiry.call.external_id}`" if inquiry.call.external_id else "the call sends none"
            return Found(f"the trust policy asks for ExternalId `{wanted}`, and {sent}", place, fix=fix)
        return Open(
            f"the trust policy asks for ExternalId `{wanted}`; what the call sends is in the code", fix=fix, at=place
        )
    return RuledOut("no condition on an external id stands in the way")


def _sending(inquiry: Inquiry, external_id: str) -> Fix:
    """Return the fix that makes the call send an external id: in the environment where the function was read."""
    text = f"pass ExternalId `{external_id}` in the AssumeRole call"
    function = inquiry.function
    if not isinstance(function, Function):
        return Fix(Target(Side.CALLER, "session", inquiry.execution_role_name or ""), (), text)
    patch = {"op": "add", "path": f"/Environment/Variables/{EXTERNAL_ID}", "value": external_id}
    return Fix(Target(Side.CALLER, "function", function.arn), (patch,), f"{text} (here: from the environment)")


def has_an_unmet_condition(inquiry: Inquiry) -> Finding:
    """F14: another condition of the trust policy, or a Deny in it, stands in the way."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    evaluation = trust.hop.alone(Layer.RESOURCE)
    if evaluation.decision is Decision.EXPLICIT_DENY:
        place = in_document(trust.document, evaluation.decided_by[0].pointer or "")
        fix = Fix(
            trust.target, ({"op": "remove", "path": place},), "remove the Deny, or exempt the execution role in it"
        )
        return Found("a Deny of the trust policy holds for this call", place, fix=fix)
    unmet = list(trust.obstacles(PRINCIPAL_ARN, EXTERNAL_ID_KEY, other=True))
    unmet += [
        each
        for each in trust.obstacles(PRINCIPAL_ARN)
        if not list(other_roles(trust)) and not _path_only(inquiry, each[1])
    ]
    for statement, condition in sorted(unmet, key=lambda each: each[1].open):
        place = trust.place(statement, "Condition", condition.operator, condition.key)
        fix = Fix(trust.target, (_without(trust, statement, condition),), f"remove or repair the condition {condition}")
        if not condition.open:
            return Found(f"{condition} does not hold for this call", place, fix=fix)
        return Open(f"whether {condition} holds is not known", fix=fix, at=place)
    return RuledOut("no other condition stands in the way")


def _path_only(inquiry: Inquiry, condition: Condition) -> bool:
    return any(same_but_path(value, execution_role_arn(inquiry)) for value in condition.values)


def _without(trust: Trust, statement: Written, condition: Condition) -> JsonObject:
    """Return the patch that removes a condition, with its operator and block where nothing else stands in them."""
    block = statement.body["Condition"]
    parts = ["Condition", condition.operator, condition.key]
    if len(block[condition.operator]) == 1:
        parts.pop()
        if len(block) == 1:
            parts.pop()
    return {"op": "remove", "path": trust.place(statement, *parts)}


TESTS = (
    ("F08", differs_by_the_path),
    ("F11", asks_for_an_external_id),
    ("F14", has_an_unmet_condition),
)
