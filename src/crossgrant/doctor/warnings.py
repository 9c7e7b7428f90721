"""What works and is unsafe (W1 to W11), and the conditions that are not what they seem (T1 to T7).

A row a check: its id, and the places where it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crossgrant.doctor.context import NEVER
from crossgrant.doctor.inquiry import Inquiry
from crossgrant.doctor.statements import SESSION, Written, account_in, statements, texts
from crossgrant.evidence import JsonObject, NotRead, Role, Table

HOUR, NINETY_DAYS = 3600, 90 * 86400
UNMATCHABLE = frozenset(each.lower() for each in (*NEVER, "aws:MultiFactorAuthPresent"))
SECRET_NAMES = ("SECRET", "PASSWORD", "TOKEN")
BESIDE = frozenset({"sts:tagsession", "sts:setsourceidentity"})
ONLY_ASSUME_ROLE = frozenset({"sts:externalid", "sts:rolesessionname"})


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that holds: its id, what was seen, and where."""

    id: str
    why: str
    at: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The statements of both sides, with the name of the document that each stands in."""

    inquiry: Inquiry
    trust: tuple[tuple[str, Written], ...]
    table: tuple[tuple[str, Written], ...]
    caller: tuple[tuple[str, Written], ...]
    owner: tuple[tuple[str, Written], ...]


Seen = Iterator[tuple[str, str]]
"""What was seen, and where."""


def warnings(inquiry: Inquiry) -> tuple[Warned, ...]:
    """Return every warning that holds, in the catalogue's order."""
    scene = _scene(inquiry)
    return tuple(Warned(identifier, why, at) for identifier, check in CHECKS for why, at in check(scene))


def _scene(inquiry: Inquiry) -> Scene:
    role, execution, table = inquiry.role, inquiry.execution_role, inquiry.table
    return Scene(
        inquiry,
        trust=_written("trust policy", role.trust) if isinstance(role, Role) else (),
        table=_written("table policy", table.policy) if isinstance(table, Table) and table.policy is not None else (),
        caller=_of_role(execution),
        owner=_of_role(role),
    )


def _written(name: str, document: JsonObject | NotRead) -> tuple[tuple[str, Written], ...]:
    return () if isinstance(document, NotRead) else tuple((name, each) for each in statements(document))


def _of_role(role: object) -> tuple[tuple[str, Written], ...]:
    if not isinstance(role, Role) or isinstance(role.policies, NotRead):
        return ()
    return tuple(each for policy in role.policies for each in _written(policy.name, policy.document))


def _at(name: str, statement: Written) -> str:
    return f"{name} {statement.pointer}"


def _allows(scene: tuple[tuple[str, Written], ...]) -> Iterator[tuple[str, Written]]:
    return ((name, each) for name, each in scene if each.allows)


def _actions(statement: Written) -> list[str]:
    return [each.lower() for each in texts(statement.body.get("Action"))]


def _w1(scene: Scene) -> Seen:
    for name, each in _allows(scene.trust):
        for principal in each.principals():
            if (principal.isdecimal() or principal.endswith(":root")) and not each.body.get("Condition"):
                yield f"`{principal}` is trusted without a condition", _at(name, each)


def _w2(scene: Scene) -> Seen:
    for name, each in (*_allows(scene.trust), *_allows(scene.table)):
        if "*" in each.principals():
            yield "every principal of every account is allowed", _at(name, each)


def _w3(scene: Scene) -> Seen:
    for name, each in _allows(scene.caller):
        if any(action in ("*", "sts:*", "sts:assumerole", "sts:assume*") for action in _actions(each)):
            wide = [resource for resource in texts(each.body.get("Resource")) if "*" in resource]
            if wide:
                yield f"sts:AssumeRole is allowed on `{wide[0]}`", _at(name, each)


def _w4(scene: Scene) -> Seen:
    for name, each in _allows(scene.owner):
        tables = [action for action in _actions(each) if action.startswith(("dynamodb:", "*"))]
        wide = [action for action in tables if "*" in action]
        wide += [
            resource
            for resource in texts(each.body.get("Resource"))
            if tables and "*" in resource.partition("/index/")[0]
        ]
        if wide:
            yield f"`{wide[0]}` covers more than one table or action", _at(name, each)


def _w5(scene: Scene) -> Seen:
    for name, each in _allows(scene.owner):
        if wide := [resource for resource in texts(each.body.get("Resource")) if resource.endswith("/index/*")]:
            yield f"`{wide[0]}` is every index", _at(name, each)


def _w6(scene: Scene) -> Seen:
    execution = scene.inquiry.execution_role
    if not isinstance(execution, Role):
        return
    sharing = [each.name for each in scene.inquiry.caller.functions.found.values() if each.role_arn == execution.arn]
    for name, each in _allows(scene.caller):
        if (
            len(sharing) > 1
            and "sts:assumerole" in _actions(each)
            and not each.condition_values("lambda:SourceFunctionArn")
        ):
            yield f"{', '.join(sharing)} share {execution.name}", _at(name, each)


def _w7(scene: Scene) -> Seen:
    caller, owner = scene.inquiry.caller.organization_id, scene.inquiry.owner.organization_id
    if isinstance(caller, str) and caller == owner:
        for name, each in _allows(scene.trust):
            if not each.condition_values("aws:PrincipalOrgID") and not each.condition_values("aws:PrincipalOrgPaths"):
                yield f"both accounts are in {caller}", _at(name, each)


def _w8(scene: Scene) -> Seen:
    for name, each in _allows(scene.trust):
        for value in each.condition_values("sts:ExternalId"):
            holding = [
                key
                for key, held in scene.inquiry.environment.items()
                if held == value and any(word in key.upper() for word in SECRET_NAMES)
            ]
            if holding:
                yield f"the environment holds it as {holding[0]}", _at(name, each)


def _w9(scene: Scene) -> Seen:
    inquiry = scene.inquiry
    session = SESSION.match(inquiry.execution_session or "")
    account = inquiry.caller_id or (session["account"] if session else None)
    for name, each in _allows(scene.trust):
        others = [name for name in each.principals() if account and account_in(name) not in (None, account)]
        others += each.principals("Service")
        if others:
            yield f"`{others[0]}` is trusted too", _at(name, each)
    for name, each in _allows(scene.owner):
        beside = [action for action in _actions(each) if not action.startswith(("dynamodb:", "kms:"))]
        if beside:
            yield f"`{beside[0]}` is allowed too", _at(name, each)


def _w10(scene: Scene) -> Seen:
    role = scene.inquiry.role
    if isinstance(role, Role) and isinstance(role.max_session_duration, int) and role.max_session_duration > HOUR:
        yield f"{role.max_session_duration} seconds are allowed", f"role {role.name} MaxSessionDuration"


def _w11(scene: Scene) -> Seen:
    role, now = scene.inquiry.role, scene.inquiry.now
    if not isinstance(role, Role) or isinstance(role.last_used, NotRead) or isinstance(role.created, NotRead):
        return
    if now - (role.last_used or role.created) > NINETY_DAYS:
        yield (
            "it was never used" if role.last_used is None else "it was last used long ago",
            f"role {role.name} RoleLastUsed",
        )


def _t1(scene: Scene) -> Seen:
    for name, each in (*_allows(scene.trust), *_allows(scene.table)):
        for operator, key, _ in each.conditions():
            if key.lower() in UNMATCHABLE and not operator.endswith("IfExists") and operator != "Null":
                yield f"{operator} {key} never holds for a function's own call", _at(name, each)


def _t2(scene: Scene) -> Seen:
    for name, each in (*scene.trust, *scene.table):
        if each.condition_values("lambda:SourceFunctionArn"):
            yield (
                "lambda:SourceFunctionArn is for identity-based policies and service control policies",
                _at(name, each),
            )


def _t3(scene: Scene) -> Seen:
    for name, each in (*scene.trust, *scene.table, *scene.owner):
        if each.condition_values("aws:SourceIp"):
            yield "aws:SourceIp is the function's changing address", _at(name, each)


def _t4(scene: Scene) -> Seen:
    for name, each in (*_allows(scene.trust), *_allows(scene.table)):
        for operator, key, _ in each.conditions():
            if operator.endswith("IfExists"):
                yield f"{operator} {key} holds without the key", _at(name, each)


# No Scan has these: they are the partition keys that a call names.
_PARTITION_KEYS = (
    "dynamodb:LeadingKeys",
    *(f"dynamodb:{place}PartitionKeyValues" for place in ("First", "Second", "Third", "Fourth")),
)


def _t5(scene: Scene) -> Seen:
    for name, each in (*_allows(scene.owner), *_allows(scene.table)):
        listed = {(operator, key.lower()) for operator, key, _ in each.conditions()}
        if not {"dynamodb:scan", "dynamodb:*", "*"} & set(_actions(each)):
            continue
        for key in _PARTITION_KEYS:
            operators = {operator for operator, written in listed if written == key.lower()}
            if "Null" not in operators and any(operator.startswith("ForAllValues:") for operator in operators):
                yield f"a Scan passes ForAllValues {key}", _at(name, each)


def _t6(scene: Scene) -> Seen:
    for name, each in _allows(scene.trust):
        actions, keys = set(_actions(each)), {key.lower() for _, key, _ in each.conditions()}
        shared = keys & ONLY_ASSUME_ROLE
        if "sts:setsourceidentity" in actions:
            shared |= {key for key in keys if key.startswith("aws:requesttag/")}
        if BESIDE & actions and shared:
            yield f"{', '.join(sorted(shared))} never holds for {', '.join(sorted(BESIDE & actions))}", _at(name, each)


def _t7(scene: Scene) -> Seen:
    for name, each in (*scene.trust, *scene.table):
        for value in each.condition_values("aws:PrincipalArn"):
            if ":assumed-role/" in value:
                yield f"`{value}` is a session's ARN", _at(name, each)


CHECKS: tuple[tuple[str, Callable[[Scene], Seen]], ...] = (
    ("W1", _w1),
    ("W2", _w2),
    ("W3", _w3),
    ("W4", _w4),
    ("W5", _w5),
    ("W6", _w6),
    ("W7", _w7),
    ("W8", _w8),
    ("W9", _w9),
    ("W10", _w10),
    ("W11", _w11),
    ("T1", _t1),
    ("T2", _t2),
    ("T3", _t3),
    ("T4", _t4),
    ("T5", _t5),
    ("T6", _t6),
    ("T7", _t7),
)
