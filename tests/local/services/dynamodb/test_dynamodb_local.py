"""The cases again, against DynamoDB Local: AWS's own emulator, which knows AWS's grammar and knows few of its texts.

Where it answers otherwise than a case expects, tests/cases/dynamodb/differences.json has a row that says which side AWS
documents. A row that is no longer needed fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.dynamodb_cases import CASES, DIFFERENCES, TABLES, cases
from support.dynamodb_local import DynamoDBLocal, NotHereError, running_dynamodb_local

pytestmark = [pytest.mark.java, pytest.mark.slow]


@pytest.fixture(scope="module")
def local() -> Iterator[DynamoDBLocal]:
    try:
        with running_dynamodb_local() as running:
            yield running
    except NotHereError as reason:
        pytest.skip(str(reason))


def _there(value: Any) -> Any:
    """Return a call's input with ARNs as DynamoDB Local knows them."""
    text = json.dumps(value)
    return json.loads(text.replace("dynamodb:us-east-1:222222222222:", "dynamodb:ddblocal:000000000000:"))


def _make_tables(local: DynamoDBLocal) -> None:
    for name in local.call("ListTables", {})["TableNames"]:
        local.call("UpdateTable", {"TableName": name, "DeletionProtectionEnabled": False})
        local.call("DeleteTable", {"TableName": name})
    for table in TABLES:
        local.call("CreateTable", table)


def _as_expected(local: DynamoDBLocal, case: dict[str, Any]) -> bool:
    _make_tables(local)
    for operation, given in case.get("setup", ()):
        local.call(operation, _there(given))
    operation, given = case["call"]
    answer = local.call(operation, _there(given))
    code = answer.get("__type", "").rpartition("#")[2]
    if "error" in case:
        return bool(case["error"] == [code, answer.get("message", answer.get("Message"))])
    return not code and bool(case["expected"] == {name: answer.get(name) for name in case["expected"]})


def test_dynamodb_local_differs_only_where_a_row_says_why(local: DynamoDBLocal) -> None:
    differing = [name for name, case in cases() if not _as_expected(local, case)]
    known = json.loads(Path(DIFFERENCES).read_text())
    explained = {name for row in known for name in row["cases"]}
    always = {name for row in known for name in row["cases"] if not row.get("sometimes")}
    assert set(differing) - explained == set(), "a difference that no row explains"
    assert always - set(differing) == set(), "a row that is no longer needed"
    assert {row["documented"] for row in known} <= {"ours", "theirs", "neither"}
    assert CASES.is_dir()
