"""What keeps a statement from allowing: it names someone else, or one of its conditions does not hold.

Each part is tried by itself through the engine: the statement without its conditions, then with each condition alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crossgrant.doctor.hop import HopEvaluation, parsed
from crossgrant.doctor.statements import Written, statements
from crossgrant.evidence import JsonObject
from crossgrant.iam import Decision, Layer, MalformedPolicyDocumentError, Policy, PolicyKind, PolicySet


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that stands in the way; `open` where it isn't known whether it holds."""

    operator: str
    key: str
    values: tuple[str, ...]
    open: bool

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {' or '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Obstructed:
    """An Allow statement that would hold but for its conditions."""

    statement: Written
    conditions: tuple[Condition, ...]


def obstructed(document: JsonObject, hop: HopEvaluation, kind: PolicyKind) -> Iterator[Obstructed]:
    """Yield the Allow statements that name the request, each with the conditions that stand in its way."""
    for statement in statements(document):
        if statement.allows and _decision({**statement.body, "Condition": {}}, document, hop, kind) is Decision.ALLOW:
            yield Obstructed(statement, tuple(_failing(statement, document, hop, kind)))


def names_action(document: JsonObject, hop: HopEvaluation, kind: PolicyKind) -> bool:
    """Return whether some Allow statement names the request's action, whatever the resource."""
    every = ({**each.body, "Resource": "*", "Condition": {}} for each in statements(document) if each.allows)
    bare = ({name: value for name, value in each.items() if name != "NotResource"} for each in every)
    return any(_decision(each, document, hop, kind) is Decision.ALLOW for each in bare)


def _failing(statement: Written, document: JsonObject, hop: HopEvaluation, kind: PolicyKind) -> Iterator[Condition]:
    for operator, key, values in statement.conditions():
        alone = {**statement.body, "Condition": {operator: {key: list(values)}}}
        decision = _decision(alone, document, hop, kind)
        if decision is not Decision.ALLOW:
            yield Condition(operator, key, values, decision is Decision.UNKNOWN)


def _decision(body: Mapping[str, Any], document: JsonObject, hop: HopEvaluation, kind: PolicyKind) -> Decision:
    """Decide the hop's request under one statement, the other side allowing everything."""
    body = {name: value for name, value in body.items() if name != "Condition" or value}
    try:
        alone = Policy(
            "statement", parsed({"Version": document.get("Version", "2008-10-17"), "Statement": [body]}, kind)
        )
    except MalformedPolicyDocumentError:
        return Decision.IMPLICIT_DENY
    instead = {"identity_based": (alone,)} if kind is PolicyKind.IDENTITY_BASED else {"resource_based": alone}
    layer = Layer.PRINCIPAL if kind is PolicyKind.IDENTITY_BASED else Layer.RESOURCE
    return replace(hop, policies=PolicySet(**instead)).alone(layer).decision
