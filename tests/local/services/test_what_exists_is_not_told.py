"""Whether a table or function exists is told only to those who may know: both read alike to everyone else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from support.gateway import Gateway
from support.principals import OWNER, make_role, make_user, refusal, trust

KEY = {"id": {"S": "1"}}
TABLE_CALLS: Mapping[str, Mapping[str, Any]] = {
    "get_item": {"Key": KEY},
    "describe_table": {},
    "put_item": {"Item": KEY},
    "delete_item": {"Key": {"no": {"S": "such key"}}},
    "update_item": {"Key": KEY},
    "query": {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "1"}}},
    "scan": {"IndexName": "any"},
    "delete_table": {},
}
FUNCTION_CALLS = ("invoke", "get_function", "get_function_configuration", "delete_function")


@pytest.fixture(scope="module")
def owned(gateway: Gateway) -> None:
    """The owner's table Orders and function reader."""
    gateway.client("dynamodb", "owner").create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    role = make_role(gateway, "owner", "reader-exec", trust({"Service": "lambda.amazonaws.com"}))
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    gateway.client("lambda", "owner").create_function(
        FunctionName="reader",
        Runtime="python3.11",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": package.getvalue()},
    )


@pytest.fixture(scope="module", params=["another account's administrator", "a user without policies"])
def outsider(gateway: Gateway, owned: None, request: pytest.FixtureRequest) -> tuple[str, dict[str, Any] | None]:
    """An account and, for one that isn't its operator, a key."""
    if request.param == "another account's administrator":
        return "caller", None
    return "owner", make_user(gateway, "owner", "outsider")


@pytest.mark.parametrize("operation", TABLE_CALLS)
def test_a_table(gateway: Gateway, outsider: tuple[str, dict[str, Any] | None], operation: str) -> None:
    client = gateway.client("dynamodb", *outsider)
    arn = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/"
    there, absent = (
        refusal(getattr(client, operation), TableName=arn + name, **TABLE_CALLS[operation])
        for name in ("Orders", "Absent")
    )
    assert there[0] == "AccessDeniedException"
    assert (there[0], there[1].replace("Orders", "Absent")) == absent


@pytest.mark.parametrize("operation", FUNCTION_CALLS)
def test_a_function(gateway: Gateway, outsider: tuple[str, dict[str, Any] | None], operation: str) -> None:
    client = gateway.client("lambda", *outsider)
    arn = f"arn:aws:lambda:us-east-1:{OWNER}:function:"
    there, absent = (refusal(getattr(client, operation), FunctionName=arn + name) for name in ("reader", "absent"))
    assert there[0] == "AccessDeniedException"
    assert (there[0], there[1].replace("function:reader", "function:absent")) == absent
