"""What the policy engines are asked, as scenarios: the same questions for all of them."""

from __future__ import annotations

from typing import Any

CALLER, OWNER = "111111111111", "222222222222"
FUNCTION = f"arn:aws:lambda:us-east-1:{CALLER}:function:orders-api"
EXECUTION_ROLE = f"arn:aws:sts::{CALLER}:assumed-role/orders-api/orders-api"
OWNER_SESSION = f"arn:aws:sts::{OWNER}:assumed-role/CrossAccountDynamoDBRole/orders-api"
OWNER_ROLE = f"arn:aws:iam::{OWNER}:role/CrossAccountDynamoDBRole"
TABLE = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Orders"
READ = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}


def questions() -> list[tuple[str, dict[str, Any]]]:
    """Return each question's name and scenario."""
    assume = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": OWNER_ROLE,
        "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": FUNCTION}},
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{CALLER}:role/orders-api"},
        "Action": "sts:AssumeRole",
    }
    hop = _scenario(EXECUTION_ROLE, "sts:AssumeRole", OWNER_ROLE, [assume], {"lambda:SourceFunctionArn": FUNCTION})
    hop["policies"]["resource_based"] = _document([trust])
    values = {"StringLike": {"aws:SourceIdentity": [f"team-{number}-*" for number in range(99)] + ["orders-*"]}}
    adversarial = {**READ, "Resource": f"arn:aws:dynamodb:us-east-1:{OWNER}:table/*a*a*a*a*b"}
    return [
        ("the first hop: AssumeRole", hop),
        ("the second hop: GetItem", _get_item([READ])),
        *[(f"{count:,} statements", _get_item([*_others(count - 1), READ])) for count in (10, 1_000, 10_000)],
        (
            "a condition of 100 values",
            _get_item([{**READ, "Condition": values}], {"aws:SourceIdentity": "orders-api"}),
        ),
        (
            "*a*a*a*a*b on 500 characters",
            _scenario(OWNER_SESSION, "dynamodb:GetItem", f"{TABLE[:-6]}{'a' * 500}", [adversarial]),
        ),
    ]


def _get_item(statements: list[dict[str, Any]], context: dict[str, str] | None = None) -> dict[str, Any]:
    return _scenario(OWNER_SESSION, "dynamodb:GetItem", TABLE, statements, context)


def _others(count: int) -> list[dict[str, Any]]:
    """Return statements that name other actions."""
    names = ("PutItem", "Query", "Scan", "DeleteItem", "UpdateItem", "BatchGetItem", "DescribeTable")
    return [
        {
            "Effect": "Allow",
            "Action": f"dynamodb:{names[number % len(names)]}",
            "Resource": f"arn:aws:dynamodb:us-east-1:{OWNER}:table/T{number}",
        }
        for number in range(count)
    ]


def _scenario(
    principal: str, action: str, resource: str, statements: list[dict[str, Any]], context: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "request": {"principal": principal, "action": action, "resource": resource, "context": context or {}},
        "policies": {"identity_based": [_document(statements)]},
    }


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
