"""One API call, and the decisions it needs."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.reference import Access, Place, accesses, find_actions

HERE = Place("111111111111", "us-east-1")
ORDERS = "arn:aws:dynamodb:us-east-1:111111111111:table/Orders"
ELSEWHERE = "arn:aws:dynamodb:us-east-1:222222222222:table/Orders"
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:reader"
ROLE = "arn:aws:iam::111111111111:role/reader-exec"

CASES: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("dynamodb", "GetItem", {"TableName": "Orders"}, [("dynamodb:GetItem", ORDERS)]),
    ("dynamodb", "GetItem", {"TableName": ELSEWHERE}, [("dynamodb:GetItem", ELSEWHERE)]),
    ("dynamodb", "Query", {"TableName": "Orders", "IndexName": "i"}, [("dynamodb:Query", f"{ORDERS}/index/i")]),
    ("dynamodb", "ListTables", {}, [("dynamodb:ListTables", "*")]),
    (
        "dynamodb",
        "BatchGetItem",
        {"RequestItems": {"Orders": {}, ELSEWHERE: {}}},
        [("dynamodb:BatchGetItem", ORDERS), ("dynamodb:BatchGetItem", ELSEWHERE)],
    ),
    (
        "dynamodb",
        "TransactGetItems",
        {"TransactItems": [{"Get": {"TableName": "Orders"}}, {"Get": {"TableName": "Orders"}}]},
        [("dynamodb:GetItem", ORDERS)],
    ),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "Orders"}}, {"ConditionCheck": {"TableName": "Orders"}}]},
        [("dynamodb:PutItem", ORDERS), ("dynamodb:ConditionCheckItem", ORDERS)],
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": 'SELECT id, "total" FROM "Orders"."by-customer" WHERE id = ?'},
        [("dynamodb:PartiQLSelect", f"{ORDERS}/index/by-customer")],
    ),
    (
        "dynamodb",
        "BatchExecuteStatement",
        {
            "Statements": [
                {"Statement": "insert into Orders value {'id': 'from x'}"},
                {"Statement": 'UPDATE "Orders" SET a = 1'},
                {"Statement": f'DELETE FROM "{ELSEWHERE}" WHERE id = 1'},
            ]
        },
        [("dynamodb:PartiQLInsert", ORDERS), ("dynamodb:PartiQLUpdate", ORDERS), ("dynamodb:PartiQLDelete", ELSEWHERE)],
    ),
    ("lambda", "Invoke", {"FunctionName": "reader"}, [("lambda:InvokeFunction", FUNCTION)]),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "reader", "Role": ROLE},
        [("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)],
    ),
    ("lambda", "ListFunctions", {}, [("lambda:ListFunctions", "*")]),
    (
        "sts",
        "AssumeRole",
        {"RoleArn": ROLE, "Tags": [{"Key": "a"}], "SourceIdentity": "x"},
        [("sts:AssumeRole", ROLE), ("sts:TagSession", ROLE), ("sts:SetSourceIdentity", ROLE)],
    ),
    ("sts", "GetCallerIdentity", {}, []),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "expected"), CASES)
def test_a_call_needs_these_decisions(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert accesses(service, operation, parameters, HERE) == tuple(Access(*pair) for pair in expected)


def test_every_action_that_a_call_needs_is_in_the_reference() -> None:
    assert all(find_actions(action) for *_, expected in CASES for action, _ in expected)


def test_a_call_of_a_service_that_is_not_known_needs_no_guess() -> None:
    assert accesses("ec2", "RunInstances", {}, HERE) is None
