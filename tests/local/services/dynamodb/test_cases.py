"""Every case of tests/cases/dynamodb, against the operations themselves."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.local.operation import ServiceError
from support.dynamodb_cases import TABLES, cases
from support.embedded_table import EmbeddedTable


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases()])
def test_case(case: dict[str, Any]) -> None:
    embedded = EmbeddedTable()
    for table in TABLES:
        embedded.ask("CreateTable", table)
        embedded.call("DescribeTable", TableName=table["TableName"])
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
