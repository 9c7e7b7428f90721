"""What the engine says of derived policies: the grant's own use is allowed, its neighbours are denied."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crossgrant.grants import Derivation, Document, Principal, Statement, derive, parse
from crossgrant.iam import Decision, PolicyKind
from support.derived_policies import decide, documents, neighbours, parsed
from support.grant_cases import CASES, NOW, grant_cases

DERIVED = {case.id: case for case in grant_cases("derived.toml")}
QUESTIONS = tomllib.loads((CASES / "decided.toml").read_text("utf-8"))["question"]


def _name(question: dict[str, Any]) -> str:
    return " ".join((question["grant"], question["asks"], question.get("why", ""), question["expected"]))


def _derive(case: str) -> Derivation:
    return derive(parse(DERIVED[case].text, Path("crossgrant.yaml"), now=NOW).grants[0])


@pytest.mark.parametrize("question", QUESTIONS, ids=_name)
def test_a_grant_allows_its_own_use_and_denies_the_neighbours(question: dict[str, Any]) -> None:
    assert decide(_derive(question["grant"]), question) is Decision(question["expected"])


ALLOWED = [question for question in QUESTIONS if question["expected"] == "Allow"]
NEIGHBOURS = [near for question in ALLOWED for near in neighbours(_derive(question["grant"]), question)]


@pytest.mark.parametrize("question", NEIGHBOURS, ids=_name)
def test_a_request_wrong_in_one_thing_is_denied(question: dict[str, Any]) -> None:
    assert decide(_derive(question["grant"]), question) is Decision.IMPLICIT_DENY


def test_every_grant_is_asked_for_its_own_use() -> None:
    assert {question["grant"] for question in ALLOWED} == set(DERIVED)


@pytest.mark.parametrize("case", DERIVED)
def test_every_derived_policy_is_one_that_iam_takes(case: str) -> None:
    for name, document in documents(_derive(case)).items():
        parsed(document, _KINDS[name])


# Each side asks it for itself, so that neither has to rely on the other.
HELD_BY_BOTH_SIDES = {
    "resource-policy-with-a-key-and-limits": [
        "caller policy DecryptTable without StringEquals kms:ViaService",
        "key policy OrdersReaderDecryptTable without StringEquals kms:ViaService",
    ]
}


@pytest.mark.parametrize("case", DERIVED)
def test_no_part_of_a_derived_policy_is_idle(case: str) -> None:
    """Without any one statement or condition, a question of the grant is answered otherwise."""
    derivation = _derive(case)
    questions = [question for question in QUESTIONS + NEIGHBOURS if question["grant"] == case]
    common = {each for document in documents(_derive("strict")).values() for each in document.statements}
    idle = [
        name
        for name, spoiled in _spoiled(derivation, common if case != "strict" else set())
        if all(decide(spoiled, question) is Decision(question["expected"]) for question in questions)
    ]
    assert idle == HELD_BY_BOTH_SIDES.get(case, [])


_KINDS = {
    "caller policy": PolicyKind.IDENTITY_BASED,
    "owner trust": PolicyKind.TRUST,
    "owner policy": PolicyKind.IDENTITY_BASED,
    "table policy": PolicyKind.RESOURCE_BASED,
    "key policy": PolicyKind.KMS_KEY,
}


def _with(derivation: Derivation, name: str, document: Document) -> Derivation:
    """Return the derivation with another document in one place."""
    caller, owner = derivation.caller, derivation.owner
    match name, owner.role:
        case "caller policy", _:
            role = replace(caller.execution_role, policy=document)
            return replace(derivation, caller=replace(caller, execution_role=role))
        case "owner trust", role if role is not None:
            return replace(derivation, owner=replace(owner, role=replace(role, trust_policy=document)))
        case "owner policy", role if role is not None:
            return replace(derivation, owner=replace(owner, role=replace(role, policy=document)))
        case "table policy", _:
            return replace(derivation, owner=replace(owner, table_policy=document))
        case _:
            return replace(derivation, owner=replace(owner, key_policy=document))


def _spoiled(derivation: Derivation, common: set[Statement]) -> Iterator[tuple[str, Derivation]]:
    for name, document in documents(derivation).items():
        for at, statement in enumerate(document.statements):
            if statement not in common:
                for change, spoiled in _changes(statement):
                    statements = (*document.statements[:at], spoiled, *document.statements[at + 1 :])
                    yield f"{name} {statement.sid} {change}", _with(derivation, name, Document(statements))


def _changes(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Return the statement made to allow nothing that is asked, and without each of its conditions."""
    if statement.principal is None:
        yield "removed", replace(statement, actions=("iam:GetUser",))
    else:
        yield "removed", replace(statement, principal=Principal("AWS", "arn:aws:iam::999999999999:root"))
    for condition in statement.conditions:
        rest = tuple(each for each in statement.conditions if each is not condition)
        yield f"without {condition.operator} {condition.key}", replace(statement, conditions=rest)
