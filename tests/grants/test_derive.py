"""What each grant derives, statement by statement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossgrant.grants import Derivation, Document, Side, derive, parse, report
from support.grant_cases import CASES, NOW, GrantCase, grant_cases

DERIVED = grant_cases("derived.toml")


def _derive(case: GrantCase) -> Derivation:
    return derive(parse(case.text, Path("crossgrant.yaml"), now=NOW).grants[0])


@pytest.mark.parametrize("case", DERIVED, ids=lambda case: case.id)
def test_a_grant_derives_exactly_what_its_golden_file_holds(case: GrantCase) -> None:
    expected = json.loads((CASES / "derived" / f"{case.id}.json").read_text("utf-8"))
    assert report(_derive(case)) == expected


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in (CASES / "derived").glob("*.json")} == {case.id for case in DERIVED}


@pytest.mark.parametrize("case", DERIVED, ids=lambda case: case.id)
def test_no_derived_policy_holds_a_wildcard_but_of_its_log_streams_and_in_a_keys_own_policy(case: GrantCase) -> None:
    derivation = _derive(case)
    for document in _documents(derivation):
        for statement in document.statements:
            assert not any("*" in action or "?" in action for action in statement.actions)
            if document is derivation.owner.key_policy:
                assert statement.resources == ("*",)
            else:
                assert not any("*" in resource.removesuffix(":*") for resource in statement.resources)


@pytest.mark.parametrize("side", list(Side))
def test_one_side_is_reported_alone(side: Side) -> None:
    (other,) = set(Side) - {side}
    result = report(_derive(DERIVED[0]), (side,))
    assert side in result
    assert other not in result


def _documents(derivation: Derivation) -> list[Document]:
    caller, owner = derivation.caller.execution_role, derivation.owner
    documents = [caller.trust_policy, caller.policy, owner.table_policy, owner.key_policy]
    if owner.role is not None:
        documents += [owner.role.trust_policy, owner.role.policy]
    return [document for document in documents if document is not None]
