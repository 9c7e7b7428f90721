"""Every case of tests/cases/dynamodb, against the operations themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crossgrant.local.operation import ServiceError
from support.embedded_table import EmbeddedTable

CASES = Path(__file__).parents[3] / "cases" / "dynamodb"


def _cases() -> list[Any]:
    found = []
    for file in sorted(CASES.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            case = json.loads(line)
            found.append(pytest.param(case, id=f"{file.stem}/{case['id']}"))
    return found


def with_tables() -> EmbeddedTable:
    """Return embedded tables with those that the cases speak of."""
    embedded = EmbeddedTable()
    embedded.create("Orders")
    embedded.create(
        "Events",
        range_type="N",
        attributes={"kind": "S", "user": "S", "day": "S"},
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-kind",
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "kind", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-user",
                "KeySchema": [
                    {"AttributeName": "user", "KeyType": "HASH"},
                    {"AttributeName": "day", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
            }
        ],
    )
    return embedded


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    embedded = with_tables()
    for operation, given in case.get("setup", ()):
        embedded.ask(operation, given)
    operation, given = case["call"]
    if "error" in case:
        with pytest.raises(ServiceError) as refused:
            embedded.ask(operation, given)
        assert case["error"] == [refused.value.code, refused.value.message]
        return
    answer = embedded.ask(operation, given)
    assert case["expected"] == {name: answer.get(name) for name in case["expected"]}
