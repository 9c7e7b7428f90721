"""The policies of whoever calls: the execution role's on the way to the owner's role."""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.causes.other_role import is_functions, may_assume
from crossgrant.doctor.causes.role import roles_that_may_be_assumed
from crossgrant.doctor.causes.trust_policy import execution_role_arn
from crossgrant.doctor.hop import HopEvaluation
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.obstacles import obstructed
from crossgrant.doctor.patch import pointer
from crossgrant.doctor.statements import add_statement, in_document
from crossgrant.evidence import AttachedPolicy, Function, JsonObject, NotRead, Role
from crossgrant.iam import Decision, Layer, PolicyKind

NEW_POLICY = "crossgrant-fix"


def may_not_assume(inquiry: Inquiry) -> Finding:
    """F01: nothing in the execution role's policies allows the call, or a Deny in them forbids it."""
    hop = inquiry.assume
    if inquiry.hop is not Hop.ASSUME or hop is None or inquiry.action != "sts:AssumeRole":
        return RuledOut("no role is assumed in this call")
    if Layer.PRINCIPAL in hop.unread:
        return Open("the execution role's policies were not read", (hop.unread[Layer.PRINCIPAL],))
    role = inquiry.execution_role
    if role is None:
        return Found("the execution role does not exist any more", side=Side.CALLER)
    finding = silent_policy(hop, role, Side.CALLER, "sts:AssumeRole", inquiry.role_arn or "")
    if isinstance(finding, Found) and isinstance(inquiry.role, NotRead) and (other := _another_that_may(inquiry)):
        return Open(f"{other} may assume it: the function may run with another role than was meant", (inquiry.role,))
    others = [each for each in roles_that_may_be_assumed(inquiry) if each != inquiry.role_arn]
    if isinstance(finding, Found) and isinstance(inquiry.role, NotRead) and others:
        return Open(f"{others[0]} may be assumed; whether {inquiry.role_arn} exists was not read", (inquiry.role,))
    return finding


def _another_that_may(inquiry: Inquiry) -> str | None:
    """Return another function's role of the caller that may assume the role that is asked for."""
    others = (each for each in inquiry.caller.roles.found.values() if each.name != inquiry.execution_role_name)
    known = (each for each in others if not isinstance(each.policies, NotRead))
    return next((each.arn for each in known if is_functions(each) and may_assume(inquiry, each)), None)


def silent_policy(hop: HopEvaluation, role: Role | NotRead, side: Side, action: str, resource: str) -> Finding:
    """Return whether a role's own policies stand in the way of `action`, and the smallest change that lets it pass."""
    assert isinstance(role, Role)
    assert not isinstance(role.policies, NotRead)
    evaluation = hop.alone(Layer.PRINCIPAL)
    if evaluation.decision is Decision.ALLOW:
        return RuledOut("the role's policies allow it")
    if evaluation.decision is Decision.EXPLICIT_DENY:
        decided = evaluation.decided_by[0]
        policy = next(each for each in role.policies if each.name == decided.policy)
        assert not isinstance(policy.document, NotRead)
        place = in_document(policy.document, decided.pointer or "")
        fix = Fix(
            policy_target(side, role, policy),
            ({"op": "remove", "path": place},),
            "remove the Deny, or exempt this call from it",
        )
        return Found(f"a Deny in {policy.name} holds for {action}", f"{policy.name} {place}", fix=fix)
    for policy in role.policies:
        if isinstance(policy.document, NotRead):
            continue
        for each in obstructed(policy.document, hop, PolicyKind.IDENTITY_BASED):
            if not each.conditions:
                continue
            condition = each.conditions[0]
            place = in_document(policy.document, each.statement.pointer) + pointer(
                "Condition", condition.operator, condition.key
            )
            at, text = f"{policy.name} {place}", f"meet or repair the condition {condition}"
            patch = _function_patch(condition.key, place, hop)
            fix = Fix(policy_target(side, role, policy), patch, text)
            if condition.open:
                return Open(f"whether {condition} holds is not known", fix=fix, at=at)
            return Found(f"{condition} does not hold for this call", at, fix=fix)
    return Found(
        f"no policy of {role.name} allows {action} on {resource}",
        f"role {role.name}",
        fix=allowing(side, role, action, resource),
    )


def _function_patch(key: str, place: str, hop: HopEvaluation) -> tuple[JsonObject, ...]:
    """Return the patch that names the function that really calls."""
    known = hop.request.context.values.get(key.lower())
    return (
        ({"op": "replace", "path": place, "value": known[0]},)
        if key.lower() == "lambda:sourcefunctionarn" and known
        else ()
    )


def allowing(side: Side, role: Role, action: str, resource: str, condition: JsonObject | None = None) -> Fix:
    """Return the fix that allows an action on one resource, in the role's first inline policy or a new one."""
    statement: JsonObject = {"Effect": "Allow", "Action": action, "Resource": resource}
    if condition:
        statement = {**statement, "Condition": condition}
    text = f"allow {action} on {resource}"
    policies = () if isinstance(role.policies, NotRead) else role.policies
    for policy in policies:
        if policy.arn is None and not isinstance(policy.document, NotRead):
            return Fix(policy_target(side, role, policy), add_statement(policy.document, statement), text)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return Fix(Target(side, "policy", role.name, NEW_POLICY), ({"op": "add", "path": "", "value": document},), text)


def policy_target(side: Side, role: Role, policy: AttachedPolicy) -> Target:
    """Return a role's policy as what a fix changes; a managed one goes by its ARN."""
    return Target(side, "policy", role.name, policy.arn or policy.name)


def may_not_tag(inquiry: Inquiry) -> Finding:
    """F12: session tags are authorized on both sides."""
    return _beside_assume_role(inquiry, "sts:TagSession")


def may_not_set_source_identity(inquiry: Inquiry) -> Finding:
    """F13: a source identity is authorized on both sides."""
    return _beside_assume_role(inquiry, "sts:SetSourceIdentity")


def _beside_assume_role(inquiry: Inquiry, action: str) -> Finding:
    """Return which side does not allow an authorization that goes with AssumeRole."""
    hop = inquiry.assume
    if inquiry.action != action or hop is None:
        return RuledOut(f"the call is not authorized as {action}")
    layers = {layer: hop.alone(layer).decision for layer in (Layer.PRINCIPAL, Layer.RESOURCE)}
    sides = {Layer.PRINCIPAL: Side.CALLER, Layer.RESOURCE: Side.OWNER}
    missing = [sides[layer] for layer, decision in layers.items() if decision not in (Decision.ALLOW, Decision.UNKNOWN)]
    unread = tuple(each for layer, each in hop.unread.items() if layer in sides)
    if not missing:
        return (
            Open(f"{inquiry.action} is not allowed on one side", unread) if unread else RuledOut("both sides allow it")
        )
    side = Side.BOTH if len(missing) > 1 else missing[0]
    fix = _sending_none(inquiry) if side is Side.BOTH else None
    why = f"{inquiry.action} is not allowed by the {' and the '.join(missing)}"
    return Found(why, side=side, fix=fix or _also(inquiry, missing[0]))


def _sending_none(inquiry: Inquiry) -> Fix | None:
    """Return the fix that sends no tags or source identity, where the environment says what is sent."""
    word = "TAGS" if inquiry.action.endswith("TagSession") else "SOURCE_IDENTITY"
    variable = next((name for name in inquiry.environment if word in name.upper()), None)
    function = inquiry.function
    if variable is None or not isinstance(function, Function):
        return None
    patch = {"op": "remove", "path": f"/Environment/Variables/{variable}"}
    text = f"send none, or allow {inquiry.action} on both sides"
    return Fix(Target(Side.CALLER, "function", function.arn), (patch,), text)


def _also(inquiry: Inquiry, side: Side) -> Fix | None:
    if side is Side.CALLER and isinstance(inquiry.execution_role, Role):
        return allowing(side, inquiry.execution_role, inquiry.action, inquiry.role_arn or "")
    if side is Side.OWNER and isinstance(inquiry.role, Role) and not isinstance(inquiry.role.trust, NotRead):
        statement = {"Effect": "Allow", "Principal": {"AWS": execution_role_arn(inquiry)}, "Action": inquiry.action}
        patch = add_statement(inquiry.role.trust, statement)
        return Fix(Target(side, "trust", inquiry.role.name), patch, f"allow {inquiry.action} in a statement of its own")
    return None


TESTS = (("F12", may_not_tag), ("F13", may_not_set_source_identity), ("F01", may_not_assume))
