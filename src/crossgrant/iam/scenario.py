"""Scenarios: one JSON line is one question (format version 1, docs/scenarios.md).

In: a line. Out: a `Scenario` ready to evaluate, and its answer as a JSON value. A line that can't be read is a
ScenarioError, whose pointer points into the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crossgrant.errors import CrossgrantError
from crossgrant.iam import strict_json
from crossgrant.iam.arn import is_account
from crossgrant.iam.context import RequestContext
from crossgrant.iam.decision import DecidedBy, Decision, NotEvaluated
from crossgrant.iam.denial import denial_message
from crossgrant.iam.document import PolicyDocument
from crossgrant.iam.evaluate import Evaluation, evaluate
from crossgrant.iam.explanation import conditions_json, evaluation_json
from crossgrant.iam.facts import Request
from crossgrant.iam.kind import PolicyKind
from crossgrant.iam.layers.resource import policy_kind
from crossgrant.iam.malformed import MalformedPolicyDocumentError
from crossgrant.iam.parse import parse_policy
from crossgrant.iam.policy import Policies, Policy, PolicySet
from crossgrant.iam.principal import InvalidPrincipalError, Principal
from crossgrant.iam.strict_json import escaped

VERSION = 1
_FIELDS = frozenset({"version", "id", "request", "policies", "expected", "expected_by", "source", "note"})
_REQUEST = frozenset({"principal", "action", "resource", "resource_account", "context", "context_complete"})
_POLICIES = {
    "identity_based": (PolicyKind.IDENTITY_BASED, "list"),
    "resource_based": (PolicyKind.RESOURCE_BASED, "one"),
    "permissions_boundary": (PolicyKind.PERMISSIONS_BOUNDARY, "one"),
    "session": (PolicyKind.SESSION, "list"),
    "service_control": (PolicyKind.SERVICE_CONTROL, "levels"),
    "resource_control": (PolicyKind.RESOURCE_CONTROL, "levels"),
    "vpc_endpoint": (PolicyKind.VPC_ENDPOINT, "list"),
}
_EXPECTED = frozenset({*Decision, "Deny"})
_EXPECTED_BY = frozenset(DecidedBy._fields)
_DENIALS = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)
_ACTION = re.compile(r"[^:\s]+:[^:\s]+")


_REMEMBERED_POLICIES, _REMEMBERED_SIZE = 1024, 8192
_remembered: dict[tuple[PolicyKind, str], PolicyDocument] = {}


class ScenarioError(CrossgrantError):
    """A line that can't be read: `code` names the rule, `pointer` the place in the line."""

    def __init__(self, code: str, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A question, and what its line expects of the answer."""

    id: str | int
    request: Request
    policies: PolicySet
    expected: str | None
    expected_by: tuple[Mapping[str, Any], ...] | None


def read_json(line: str) -> dict[str, Any]:
    """Read a line as a JSON object without repeated keys.

    Raises:
        ScenarioError: it isn't one.

    """
    try:
        value = strict_json.loads(line)
    except ValueError as error:
        raise ScenarioError("InvalidJson", f"the line isn't JSON: {error}") from None
    made: dict[str, Any] = _object(value, "")
    return made


def read_scenario(line: Mapping[str, Any], number: int) -> Scenario:
    """Return the scenario of a JSON object; `number` is its id where it has none.

    Raises:
        ScenarioError: a field is unknown, missing or of the wrong type, or AWS would refuse a document.

    """
    _known(line, _FIELDS, "")
    version = line.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        raise ScenarioError("UnsupportedVersion", f"expected version {VERSION}", "/version")
    request = _request(_object(_needed(line, "request", ""), "/request"))
    return Scenario(
        id=scenario_id(line, number),
        request=request,
        policies=_policies(_object(line.get("policies", {}), "/policies"), request.action.lower()),
        expected=_expected(line),
        expected_by=_expected_by(line),
    )


def scenario_id(line: Mapping[str, Any], number: int) -> str | int:
    """Return the id of a line, else its number."""
    identifier = line.get("id", number)
    if not isinstance(identifier, str | int) or isinstance(identifier, bool):
        raise ScenarioError("InvalidValue", "`id` must be text", "/id")
    return identifier


def answer(scenario: Scenario, *, brief: bool = False) -> tuple[dict[str, Any], bool | None]:
    """Return the answer to a scenario as a JSON value, and whether it is as expected (None: nothing was)."""
    evaluation = evaluate(scenario.request, scenario.policies, trace=not brief)
    decided_by = [_present(reason) for reason in evaluation.decided_by]
    result: dict[str, Any] = {"id": scenario.id, "decision": evaluation.decision, "decided_by": decided_by}
    as_expected = _as_expected(scenario, evaluation.decision, decided_by)
    if not brief:
        result |= _explained(scenario, evaluation)
        if as_expected is not None:
            result["as_expected"] = as_expected
    return result, as_expected


def error_json(identifier: str | int, error: ScenarioError) -> dict[str, Any]:
    """Return the answer to a line that can't be read."""
    return {"id": identifier, "error": {"code": error.code, "pointer": error.pointer, "message": error.message}}


def _explained(scenario: Scenario, evaluation: Evaluation) -> dict[str, Any]:
    request, traced = scenario.request, evaluation.trace
    context = traced.context if traced else {}
    return {
        "denial_message": denial_message(request, evaluation) if evaluation.decision in _DENIALS else None,
        "evaluation": evaluation_json(request, scenario.policies, evaluation),
        "crossgrant": {
            "effective_context": dict(context),
            "conditions": conditions_json(evaluation),
            "not_evaluated": [each._asdict() for each in evaluation.not_evaluated],
        },
    }


def _present(reason: DecidedBy | NotEvaluated) -> dict[str, Any]:
    return {name: value for name, value in reason._asdict().items() if value is not None}


def _as_expected(scenario: Scenario, decision: Decision, decided_by: list[dict[str, Any]]) -> bool | None:
    if scenario.expected is None and scenario.expected_by is None:
        return None
    denied = scenario.expected == "Deny" and decision in _DENIALS
    held = all(any(entry.items() <= by.items() for by in decided_by) for entry in scenario.expected_by or ())
    return held and (scenario.expected in (None, decision) or denied)


def _expected(line: Mapping[str, Any]) -> str | None:
    expected = line.get("expected")
    if "expected" in line and (not isinstance(expected, str) or expected not in _EXPECTED):
        raise ScenarioError("InvalidValue", f"`expected` is one of {', '.join(sorted(_EXPECTED))}", "/expected")
    return expected


def _expected_by(line: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...] | None:
    if "expected_by" not in line:
        return None
    entries = _list(line["expected_by"], "/expected_by")
    for index, entry in enumerate(entries):
        _known(_object(entry, f"/expected_by/{index}"), _EXPECTED_BY, f"/expected_by/{index}")
    return tuple(entries)


def _request(fields: Mapping[str, Any]) -> Request:
    _known(fields, _REQUEST, "/request")
    action = _text(_needed(fields, "action", "/request"), "/request/action")
    if not _ACTION.fullmatch(action):
        raise ScenarioError("InvalidValue", f"`{action}` is no action: expected service:Name", "/request/action")
    account = fields.get("resource_account")
    if account is not None and not (isinstance(account, str) and is_account(account)):
        raise ScenarioError("InvalidValue", "an account id is text of 12 digits", "/request/resource_account")
    complete = fields.get("context_complete", True)
    if not isinstance(complete, bool):
        raise ScenarioError("InvalidValue", "`context_complete` must be true or false", "/request/context_complete")
    try:
        principal = Principal.parse(_needed(fields, "principal", "/request"))
    except InvalidPrincipalError as error:
        raise ScenarioError("InvalidPrincipal", error.message, f"/request/principal{error.pointer}") from None
    resource = _text(_needed(fields, "resource", "/request"), "/request/resource")
    return Request(principal, action, resource, account, _context(fields.get("context", {}), complete=complete))


def _context(value: object, *, complete: bool) -> RequestContext:
    keys = _object(value, "/request/context")
    seen: set[str] = set()
    for name, values in keys.items():
        at = f"/request/context/{escaped(name)}"
        if name.lower() in seen:
            raise ScenarioError("InvalidValue", f"`{name}` stands twice: names differ in case alone", at)
        seen.add(name.lower())
        for each in values if isinstance(values, list) else (values,):
            if not isinstance(each, str | bool | int | float) and not (each is None and values is None):
                raise ScenarioError("InvalidValue", "expected text, a number, true, false or a list of them", at)
    return RequestContext.of(keys, complete)


def _policies(fields: Mapping[str, Any], action: str) -> PolicySet:
    read: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in _POLICIES:
            raise ScenarioError("UnknownField", f"unknown field `{name}`", f"/policies/{escaped(name)}")
        kind, shape = _POLICIES[name]
        if value is None:
            continue
        if shape == "one":
            parsed = policy_kind(action) if kind is PolicyKind.RESOURCE_BASED else kind
            read[name] = _policy(value, parsed, name, f"/policies/{name}")
        elif shape == "list":
            read[name] = _level(value, kind, name)
        else:
            levels = enumerate(_list(value, f"/policies/{name}"))
            read[name] = tuple([_level(level, kind, f"{name}/{index}") for index, level in levels])
    return PolicySet(**read)


def _level(value: object, kind: PolicyKind, place: str) -> Policies:
    listed = _list(value, f"/policies/{place}")
    return tuple(
        _policy(each, kind, f"{place}/{index}", f"/policies/{place}/{index}") for index, each in enumerate(listed)
    )


def _policy(value: object, kind: PolicyKind, name: str, at: str) -> Policy:
    """Read a document, or one with a name; its name is its place where it has none."""
    document = value
    if isinstance(value, Mapping) and "document" in value:
        _known(value, frozenset({"name", "document"}), at)
        name = _text(value.get("name", name), f"{at}/name")
        document, at = value["document"], f"{at}/document"
    try:
        return Policy(name, _parsed(document, kind))
    except MalformedPolicyDocumentError as error:
        raise ScenarioError("MalformedPolicyDocument", error.message, at + error.pointer) from None


def _parsed(document: object, kind: PolicyKind) -> PolicyDocument:
    """Parse a document, or take the one that an earlier line had too: the lines of a suite repeat their policies."""
    try:
        key = (kind, repr(document))
    except RecursionError:
        return parse_policy(document, kind)
    found = _remembered.get(key)
    if found is None:
        found = parse_policy(document, kind)
        if len(key[1]) <= _REMEMBERED_SIZE:
            if len(_remembered) >= _REMEMBERED_POLICIES:
                _remembered.clear()
            _remembered[key] = found
    return found


def _known(fields: Mapping[str, Any], names: frozenset[str] | set[str], at: str) -> None:
    for name in fields:
        if name not in names:
            raise ScenarioError("UnknownField", f"unknown field `{name}`", f"{at}/{escaped(name)}")


def _needed(fields: Mapping[str, Any], name: str, at: str) -> object:
    if name not in fields:
        raise ScenarioError("MissingField", f"`{name}` is missing", f"{at}/{name}")
    return fields[name]


def _typed(kind: type, name: str) -> Callable[[object, str], Any]:
    def check(value: object, at: str) -> Any:
        if not isinstance(value, kind) or value == "":
            raise ScenarioError("InvalidValue", f"expected {name}", at)
        return value

    return check


_object, _list, _text = _typed(dict, "an object"), _typed(list, "a list"), _typed(str, "text")
