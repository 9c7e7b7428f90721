"""The owner's trust policy: whom it names, and what it asks of the call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crossgrant.doctor.cause import Finding, Fix, Found, Open, RuledOut, Side, Target
from crossgrant.doctor.hop import HopEvaluation
from crossgrant.doctor.inquiry import EXTERNAL_ID_VARIABLE, Hop, Inquiry
from crossgrant.doctor.obstacles import Condition, Obstructed, obstructed
from crossgrant.doctor.patch import pointer
from crossgrant.doctor.statements import (
    ROLE,
    SESSION,
    UNIQUE_ID,
    Written,
    account_in,
    add_statement,
    in_document,
    same_but_path,
    statements,
)
from crossgrant.evidence import Function, JsonObject, NotRead, Role
from crossgrant.iam import Decision, Layer, PolicyKind

PRINCIPAL_ARN = "aws:principalarn"
EXTERNAL_ID = "sts:externalid"
LAMBDA = "lambda.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust policy that was read and that does not, or may not, allow the call.

    `named` are the Allow statements that name the caller and the action, with the conditions that stand in the way.
    """

    inquiry: Inquiry
    role: Role
    document: JsonObject
    hop: HopEvaluation
    named: tuple[Obstructed, ...]

    @property
    def allows(self) -> tuple[Written, ...]:
        """Its Allow statements."""
        return tuple(each for each in statements(self.document) if each.allows)

    @property
    def principals(self) -> tuple[str, ...]:
        """Every AWS principal that it allows."""
        return tuple(name for each in self.allows for name in each.principals())

    @property
    def target(self) -> Target:
        """The document that a fix changes."""
        return Target(Side.OWNER, "trust", self.role.name)

    def obstacles(self, *keys: str, other: bool = False) -> tuple[tuple[Written, Condition], ...]:
        """Return the conditions on `keys` (or, with `other`, on none of them) of the statement that comes closest."""
        if not self.named:
            return ()
        closest = min(self.named, key=lambda each: len(each.conditions))
        return tuple(
            (closest.statement, each) for each in closest.conditions if (each.key.lower() in keys) is not other
        )

    def place(self, statement: Written, *rest: str) -> str:
        """Return the pointer of a statement, or of a part of it, in the document."""
        return in_document(self.document, statement.pointer) + pointer(*rest)

    def naming(self, why: str) -> Fix:
        """Return the fix that names the execution role in a statement of its own."""
        arn = execution_role_arn(self.inquiry)
        expected = self.inquiry.expected
        statement: JsonObject = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
        if expected and expected.trust:
            statement = next(each for each in expected.trust["Statement"] if "AssumeRole" in str(each["Action"]))
        return Fix(self.target, add_statement(self.document, statement), why)


def execution_role_arn(inquiry: Inquiry) -> str:
    """Return the execution role's ARN: with its path where the role was read, else as its session's ARN tells."""
    role = inquiry.execution_role
    if isinstance(role, Role):
        return role.arn
    if inquiry.expected:
        return inquiry.expected.execution_role_arn
    found = SESSION.match(inquiry.execution_session or "")
    return f"arn:aws:iam::{found['account']}:role/{found['role']}" if found else "the execution role's ARN"


def read_trust(inquiry: Inquiry) -> Trust | Finding:
    """Return the trust policy that stands in the way, or what there is to say instead."""
    if inquiry.hop is not Hop.ASSUME or inquiry.assume is None:
        return RuledOut("no role is assumed in this call")
    role = inquiry.role
    if role is None:
        return RuledOut("the role does not exist")
    if isinstance(role, NotRead):
        return Open("the role's trust policy was not read", (role,))
    if isinstance(role.trust, NotRead):
        return Open("the role's trust policy was not read", (role.trust,))
    hop = inquiry.assume
    if hop.alone(Layer.RESOURCE).decision is Decision.ALLOW:
        return RuledOut("the trust policy allows the call")
    return Trust(inquiry, role, role.trust, hop, tuple(obstructed(role.trust, hop, PolicyKind.TRUST)))


def names_another_role(inquiry: Inquiry) -> Finding:
    """F10: the trust policy names another role of the caller's, a function's own, which may assume this one."""
    expected, name = inquiry.expected, inquiry.execution_role_name
    if expected and name and ROLE.match(expected.execution_role_arn)["name"] != name:  # type: ignore[index]  # a role's ARN
        return _another_role(inquiry, expected.execution_role_arn, f"the grant is for {expected.execution_role_arn}")
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.named and not trust.obstacles(PRINCIPAL_ARN):
        return RuledOut("the trust policy names the execution role")
    unread: list[NotRead] = []
    for arn in other_roles(trust):
        found = ROLE.match(arn)
        assert found
        other = inquiry.caller.roles.get(found["name"])
        if isinstance(other, NotRead):
            unread.append(other)
        elif other and _is_functions(other) and _may_assume(inquiry, other):
            return _another_role(
                inquiry, other.arn, f"the trust policy names {other.arn}, which is a function's role too"
            )
    if unread:
        return Open("the trust policy names another role of the caller's account", tuple(unread))
    return RuledOut("the trust policy names no other function's role")


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
    return Found(
        f"the function runs with {execution_role_arn(inquiry)}; {why}", "function configuration /Role", fix=fix
    )


def other_roles(trust: Trust) -> Iterator[str]:
    """Yield the caller's other roles that the trust policy names, as principals or by aws:PrincipalArn."""
    account = (SESSION.match(trust.inquiry.execution_session or "") or {"account": ""})["account"]
    values = (value for each in trust.allows for value in each.condition_values(PRINCIPAL_ARN))
    for name in dict.fromkeys((*trust.principals, *values)):
        session = SESSION.match(name)
        arn = f"arn:aws:iam::{session['account']}:role/{session['role']}" if session else name
        found = ROLE.match(arn)
        if (
            found
            and found["account"] == account
            and found["name"] != trust.inquiry.execution_role_name
            and "*" not in arn
        ):
            yield arn


def _is_functions(role: Role) -> bool:
    """Return whether Lambda may take a role as an execution role."""
    known = role.trust if not isinstance(role.trust, NotRead) else {}
    return any(LAMBDA in each.principals("Service") for each in statements(known))


def _may_assume(inquiry: Inquiry, role: Role) -> bool:
    """Return whether a role's policies allow it to assume the role that is asked for, as far as they were read."""
    session = f"arn:aws:sts::{role.arn.split(':')[4]}:assumed-role/{role.name}/session"
    hop = inquiry.asking(principal=session).assume
    return hop is not None and hop.alone(Layer.PRINCIPAL).decision in (Decision.ALLOW, Decision.UNKNOWN)


def has_a_wildcard_principal(inquiry: Inquiry) -> Finding:
    """F09: a principal's ARN holds a wildcard, which names nobody."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    for statement in trust.allows:
        for name in statement.principals():
            if "*" in name and name != "*":
                return Found(
                    f"`{name}` names nobody",
                    trust.place(statement, "Principal"),
                    fix=trust.naming("name the role exactly"),
                )
    return RuledOut("no principal holds a wildcard")


def names_a_dead_id(inquiry: Inquiry) -> Finding:
    """F07: a principal is the unique id of a role that is gone."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.named:
        return RuledOut("the trust policy names the execution role as it is now")
    for statement in trust.allows:
        named = statement.body.get("Principal")
        listed = named.get("AWS") if isinstance(named, dict) else None
        for number, name in enumerate(statement.principals()):
            if UNIQUE_ID.match(name):
                place = trust.place(statement, "Principal", "AWS", *([str(number)] if isinstance(listed, list) else []))
                arn = execution_role_arn(inquiry)
                fix = Fix(trust.target, ({"op": "replace", "path": place, "value": arn},), "write the role's ARN again")
                return Found(f"the trust policy names `{name}`, {_now(inquiry)}", place, fix=fix)
    return RuledOut("every principal is an ARN")


def _now(inquiry: Inquiry) -> str:
    role = inquiry.execution_role
    if isinstance(role, Role) and isinstance(role.unique_id, str):
        return f"and {role.name} is now `{role.unique_id}`"
    return "the id of a role that was deleted"


def trusts_only_a_service(inquiry: Inquiry) -> Finding:
    """F05: no AWS principal is allowed, a service is."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    services = [(each, each.principals("Service")) for each in trust.allows if each.principals("Service")]
    if trust.principals or not services:
        return RuledOut(
            "the trust policy names AWS principals" if trust.principals else "the trust policy trusts no service"
        )
    statement, named = services[0]
    return Found(
        f"only {', '.join(named)} is trusted",
        trust.place(statement, "Principal"),
        fix=trust.naming("trust the execution role"),
    )


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
    for statement, condition in trust.obstacles(EXTERNAL_ID):
        wanted = condition.values[0] if condition.values else ""
        place = trust.place(statement, "Condition", condition.operator, condition.key)
        fix = _sending(inquiry, wanted)
        if not condition.open:
            sent = f"the call sends `{inquiry.external_id}`" if inquiry.external_id else "the call sends none"
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
    patch = {"op": "add", "path": f"/Environment/Variables/{EXTERNAL_ID_VARIABLE}", "value": external_id}
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
    unmet = list(trust.obstacles(PRINCIPAL_ARN, EXTERNAL_ID, other=True))
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


def names_nobody_here(inquiry: Inquiry) -> Finding:
    """F02: no Allow statement names the execution role."""
    trust = read_trust(inquiry)
    if not isinstance(trust, Trust):
        return trust
    if trust.hop.alone(Layer.RESOURCE).decision is Decision.EXPLICIT_DENY:
        return RuledOut("a Deny decides")
    if trust.named and not (trust.obstacles(PRINCIPAL_ARN) and list(other_roles(trust))):
        return RuledOut("the trust policy names the execution role")
    unread = [
        role
        for arn in other_roles(trust)
        if isinstance(role := trust.inquiry.caller.roles.get(arn.rpartition("/")[2]), NotRead)
    ]
    if unread:
        return Open("the trust policy names another role of the caller's account", tuple(unread))
    named = ", ".join(f"`{each}`" for each in trust.principals) or "no AWS principal"
    account = trust.hop.request.principal.account_id
    outside = "" if any(account_in(each) == account for each in trust.principals) else f", nobody of account {account}"
    place = trust.place(trust.allows[0], "Principal") if trust.allows else "/Statement"
    return Found(f"the trust policy names {named}{outside}", place, fix=trust.naming("name the execution role"))


TESTS = (
    ("F09", has_a_wildcard_principal),
    ("F07", names_a_dead_id),
    ("F05", trusts_only_a_service),
    ("F08", differs_by_the_path),
    ("F11", asks_for_an_external_id),
    ("F14", has_an_unmet_condition),
    ("F02", names_nobody_here),
)
