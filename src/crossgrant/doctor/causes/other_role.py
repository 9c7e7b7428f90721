"""The function runs with another role, or as another function, than the one that is trusted."""

from __future__ import annotations

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.causes.trust_policy import PRINCIPAL_ARN, Trust, execution_role_arn, other_roles, read_trust
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.statements import ROLE, SESSION, statements
from crossgrant.evidence import UNREAD, Function, NotRead, Role
from crossgrant.iam import Decision, Layer

LAMBDA = "lambda.amazonaws.com"


def names_another_role(inquiry: Inquiry) -> Finding:
    """F10: the trust policy names another role of the caller's, a function's own, which may assume this one."""
    expected, name, function = inquiry.expected, inquiry.execution_role_name, inquiry.function
    if expected:
        meant = expected.execution_role_arn
        running = function.role_arn if isinstance(function, Function) else UNREAD
        if (name and name != meant.rpartition("/")[2]) or running not in (meant, UNREAD):
            return _another_role(inquiry, meant, f"the grant is for {meant}")
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.named and not trust.obstacles(PRINCIPAL_ARN):
        return RuledOut("the trust policy names the execution role")
    if another := _another_session(trust):
        return another
    unread: list[NotRead] = []
    for arn in other_roles(trust):
        found = ROLE.match(arn)
        assert found
        other = inquiry.caller.roles.get(found["name"])
        if isinstance(other, NotRead):
            unread.append(other)
        elif other and is_functions(other) and may_assume(inquiry, other):
            return _another_role(
                inquiry, other.arn, f"the trust policy names {other.arn}, which is a function's role too"
            )
    if unread:
        return Open("the trust policy names another role of the caller's account", tuple(unread))
    return RuledOut("the trust policy names no other function's role")


def _another_session(trust: Trust) -> Found | None:
    """Return the finding where the trust policy names the execution role's session of another function."""
    own = SESSION.match(trust.inquiry.execution_session or "")
    for statement in trust.allows:
        named = statement.body.get("Principal")
        listed = named.get("AWS") if isinstance(named, dict) else None
        for number, name in enumerate(statement.principals()):
            other = SESSION.match(name)
            if own and other and (own["account"], own["role"]) == (other["account"], other["role"]):
                place = trust.place(statement, "Principal", "AWS", *([number] if isinstance(listed, list) else []))
                patch = {"op": "replace", "path": place, "value": own[0]}
                fix = Fix(trust.target, (patch,), f"trust the session of this function, {own['session']}")
                why = f"the trust policy names the session of {other['session']}, and {own['session']} calls"
                return Found(why, place, side=Side.OWNER, fix=fix)
    return None


def _another_role(inquiry: Inquiry, meant: str, why: str) -> Found:
    function = inquiry.function
    name = (
        function.arn
        if isinstance(function, Function)
        else (SESSION.match(inquiry.execution_session or "") or {"session": ""})["session"]
    )
    fix = Fix(
        Target(Side.CALLER, "function", name),
        ({"op": "replace", "path": "/Role", "value": meant},),
        f"give the function the role {meant}, or trust the role that it runs with",
    )
    running = function.role_arn if isinstance(function, Function) and inquiry.expected else execution_role_arn(inquiry)
    return Found(f"the function runs with {running}; {why}", "function configuration /Role", fix=fix)


def is_functions(role: Role) -> bool:
    """Return whether Lambda may take a role as an execution role."""
    known = role.trust if not isinstance(role.trust, NotRead) else {}
    return any(LAMBDA in each.principals("Service") for each in statements(known))


def may_assume(inquiry: Inquiry, role: Role) -> bool:
    """Return whether a role's policies allow it to assume the role that is asked for, as far as they were read."""
    session = f"arn:aws:sts::{role.arn.split(':')[4]}:assumed-role/{role.name}/session"
    hop = inquiry.asking(principal=session).assume
    return hop is not None and hop.alone(Layer.PRINCIPAL).decision in (Decision.ALLOW, Decision.UNKNOWN)


TESTS = (("F10", names_another_role),)
