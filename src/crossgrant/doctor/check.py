"""A declared grant held against both accounts, before anything fails: every link of both hops, drift, and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from crossgrant.doctor.cause import Side
from crossgrant.doctor.chain import Link, Status, chain
from crossgrant.doctor.diagnosis import Diagnosis, Verdict, diagnose
from crossgrant.doctor.expected import Expected
from crossgrant.doctor.inquiry import Hop, Inquiry
from crossgrant.doctor.parse import ParsedError
from crossgrant.doctor.warnings import Warned, warnings
from crossgrant.evidence import AccountSnapshot, Function, JsonObject, NotRead, Role, Table

ON_INDEXES = frozenset({"dynamodb:Query", "dynamodb:Scan"})
"""The actions that an index takes: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html"""


class Outcome(StrEnum):
    """What the grant comes to."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checkup:
    """One grant's examination: the diagnosis of each hop, the links of the whole chain, drift, and warnings."""

    grant: str
    outcome: Outcome
    diagnoses: tuple[Diagnosis, ...]
    links: tuple[Link, ...]
    warnings: tuple[Warned, ...]


def inquiries(
    expected: Expected, actions: tuple[str, ...], caller: AccountSnapshot, owner: AccountSnapshot, now: float
) -> tuple[Inquiry, ...]:
    """Return the questions that a grant asks: the AssumeRole, and each action on the table and its indexes."""
    asked: list[ParsedError] = []
    session = expected.execution_session
    if expected.role_arn:
        needed = ["sts:AssumeRole"]
        needed += ["sts:TagSession"] if expected.tags else []
        needed += ["sts:SetSourceIdentity"] if expected.source_identity else []
        asked += [ParsedError(principal=session, action=each, resource=expected.role_arn) for each in needed]
        account, name = expected.role_arn.split(":")[4], expected.role_arn.rpartition("/")[2]
        session = f"arn:aws:sts::{account}:assumed-role/{name}/{expected.function_arn.rpartition(':')[2]}"
    asked += [ParsedError(principal=session, action=each, resource=expected.table_arn) for each in actions]
    asked += [
        ParsedError(principal=session, action=each, resource=f"{expected.table_arn}/index/{index}")
        for index in expected.indexes
        for each in actions
        if each in ON_INDEXES
    ]
    return tuple(Inquiry(each, caller, owner, expected, now, denied=False) for each in asked)


def check_up(expected: Expected, asked: tuple[Inquiry, ...]) -> Checkup:
    """Examine one grant by its questions."""
    diagnoses = tuple(diagnose(each) for each in asked)
    links = [*_identities(asked[0]), *_joined(diagnoses), *_drift(expected, asked[0])]
    return Checkup(expected.grant, _outcome(links, diagnoses), diagnoses, tuple(links), _warnings(asked))


def _outcome(links: list[Link], diagnoses: tuple[Diagnosis, ...]) -> Outcome:
    if any(link.status is Status.FAIL for link in links):
        return Outcome.DENY
    return Outcome.ALLOW if all(each.verdict is Verdict.HEALTHY for each in diagnoses) else Outcome.UNKNOWN


def _identities(inquiry: Inquiry) -> Iterator[Link]:
    """Compare the accounts that were read with the grant's: nothing is judged on another account."""
    sides = ((Side.CALLER, inquiry.caller, inquiry.caller_id), (Side.OWNER, inquiry.owner, inquiry.owner_id))
    for side, snapshot, wanted in sides:
        found = snapshot.account_id
        status = Status.UNKNOWN if isinstance(found, NotRead) else Status.PASS if found == wanted else Status.FAIL
        detail = (
            found.reason
            if isinstance(found, NotRead)
            else f"account {found}" + ("" if found == wanted else f", and the grant's is {wanted}")
        )
        yield Link("account", f"the {side}'s account is {wanted}", side, status, detail)


def _joined(diagnoses: tuple[Diagnosis, ...]) -> Iterator[Link]:
    """Return each link as it fared in the question that depends on it: the worst, and none that no question reached."""
    rank = {Status.SKIPPED: 0, Status.PASS: 1, Status.WARN: 2, Status.UNKNOWN: 3, Status.FAIL: 4}
    worst: dict[str, Link] = {}
    for diagnosis in diagnoses:
        for link in chain(diagnosis):
            if link.name not in worst or rank[link.status] > rank[worst[link.name].status]:
                worst[link.name] = link
    via_role = any(each.inquiry.hop is Hop.ASSUME for each in diagnoses)
    yield from (
        link
        for link in worst.values()
        if via_role or link.name not in ("role", "trust", "session", "role-policy", "sts")
    )


def _drift(expected: Expected, inquiry: Inquiry) -> Iterator[Link]:
    """Compare what was read with what the grant derives; a difference that works is a warning."""
    role, execution, function, table = inquiry.role, inquiry.execution_role, inquiry.function, inquiry.table
    if isinstance(function, Function):
        yield _same("the function's role", Side.CALLER, expected.execution_role_arn, function.role_arn)
        environment = function.environment
        missing = (
            ()
            if isinstance(environment, NotRead)
            else tuple(name for name, value in expected.environment.items() if environment.get(name) != value)
        )
        status = Status.UNKNOWN if isinstance(environment, NotRead) else Status.WARN if missing else Status.PASS
        yield Link(
            "drift",
            "the function's environment",
            Side.CALLER,
            status,
            f"{', '.join(missing)} differ from the grant" if missing else "",
        )
    if isinstance(execution, Role):
        yield _holds("the execution role's policies", Side.CALLER, expected.caller_policy, execution)
    if isinstance(role, Role) and expected.trust:
        yield _same(
            "the trust policy",
            Side.OWNER,
            _canonical(expected.trust),
            role.trust if isinstance(role.trust, NotRead) else _canonical(role.trust),
        )
        if expected.owner_policy:
            yield _holds("the policies of the owner's role", Side.OWNER, expected.owner_policy, role)
    if isinstance(table, Table):
        yield from _table_drift(expected, table)
    if isinstance(table, Table) and expected.table_policy:
        known = table.policy if isinstance(table.policy, NotRead) else _canonical(table.policy or {})
        yield _same("the table's policy", Side.OWNER, _canonical(expected.table_policy), known)


def _table_drift(expected: Expected, table: Table) -> Iterator[Link]:
    """Compare the table's key and indexes with what the grant says of them."""
    if expected.key and not isinstance(table.key, NotRead):
        yield _same("the table's key", Side.OWNER, dict(expected.key), dict(table.key))
    missing = (
        ()
        if isinstance(table.indexes, NotRead)
        else tuple(each for each in expected.indexes if each not in table.indexes)
    )
    if missing:
        yield Link("drift", "the table's indexes", Side.OWNER, Status.FAIL, f"{', '.join(missing)} does not exist")


def _same(title: str, side: Side, wanted: object, found: object) -> Link:
    if isinstance(found, NotRead):
        return Link("drift", title, side, Status.UNKNOWN, found.reason)
    return (
        Link("drift", title, side, Status.PASS)
        if wanted == found
        else Link("drift", title, side, Status.WARN, "differs from the grant file")
    )


def _holds(title: str, side: Side, wanted: JsonObject, role: Role) -> Link:
    """Return whether one of a role's policies is the grant's, and the others are said."""
    if isinstance(role.policies, NotRead):
        return Link("drift", title, side, Status.UNKNOWN, role.policies.reason)
    canonical = _canonical(wanted)
    others = [
        each.name
        for each in role.policies
        if isinstance(each.document, NotRead) or _canonical(each.document) != canonical
    ]
    if len(others) == len(role.policies):
        return Link("drift", title, side, Status.WARN, "none is the grant file's")
    return Link(
        "drift",
        title,
        side,
        Status.WARN if others else Status.PASS,
        f"beside the grant's: {', '.join(others)}" if others else "",
    )


def _canonical(document: JsonObject) -> object:
    """Return a document in one spelling: AWS gives a list of one back as a text, and orders as it likes."""

    def spelt(value: object) -> object:
        match value:
            case dict():
                return tuple(sorted((name, spelt(each)) for name, each in value.items() if name != "Sid"))
            case list() | tuple():
                return tuple(sorted((str(spelt(each)), spelt(each)) for each in value))
            case bool():
                return spelt(str(value).lower())
            case _:
                return ((str(value), value),)

    written = document.get("Statement", [])
    listed = written if isinstance(written, list | tuple) else [written]
    return tuple(sorted(str(spelt(each)) for each in listed))


def _warnings(asked: tuple[Inquiry, ...]) -> tuple[Warned, ...]:
    return tuple(dict.fromkeys(each for inquiry in asked for each in warnings(inquiry)))


def with_evidence(asked: tuple[Inquiry, ...], read: Inquiry) -> tuple[Inquiry, ...]:
    """Return the questions with the evidence that was gathered for one of them."""
    return tuple(replace(each, caller=read.caller, owner=read.owner) for each in asked)
