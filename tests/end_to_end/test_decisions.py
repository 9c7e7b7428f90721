"""What the reference says a call needs is what the gateway decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from crossgrant.reference import Place, accesses
from support.gateway import Gateway
from support.principals import OWNER, make_role, trust

KEY = {"id": {"S": "1"}}
ROLE = f"arn:aws:iam::{OWNER}:role/target"
CALLS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("dynamodb", "GetItem", {"TableName": "Orders", "Key": KEY}),
    ("dynamodb", "PutItem", {"TableName": f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Orders", "Item": KEY}),
    ("dynamodb", "ListTables", {}),
    ("dynamodb", "Scan", {"TableName": "Orders", "IndexName": "by-id"}),
    ("dynamodb", "BatchGetItem", {"RequestItems": {"Orders": {"Keys": [KEY]}, "Customers": {"Keys": [KEY]}}}),
    (
        "dynamodb",
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "Orders", "Item": KEY}},
                {
                    "ConditionCheck": {
                        "TableName": "Customers",
                        "Key": KEY,
                        "ConditionExpression": "attribute_not_exists(absent)",
                    }
                },
            ]
        },
    ),
    ("dynamodb", "ExecuteStatement", {"Statement": "SELECT * FROM \"Orders\" WHERE id = '1'"}),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "s1", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("sts", "GetCallerIdentity", {}),
    ("lambda", "GetFunction", {"FunctionName": "absent"}),
)


@pytest.fixture(scope="module", autouse=True)
def tables(gateway: Gateway) -> None:
    client = gateway.client("dynamodb")
    for name in ("Orders", "Customers"):
        index = {
            "IndexName": "by-id",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[index],
            BillingMode="PAY_PER_REQUEST",
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    everyone = trust(f"arn:aws:iam::{OWNER}:root")
    make_role(gateway, "owner", "target", everyone, trust(f"arn:aws:iam::{OWNER}:root", "sts:TagSession"))


def decided(gateway: Gateway, request_id: str) -> list[tuple[str, str]]:
    """Return the action and resource of each decision of one request, once each."""
    credentials = gateway.session().get_credentials()
    assert credentials is not None
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Crossgrant_20261124.ListDecisions"}
    request = AWSRequest("POST", gateway.endpoint + "/", headers, json.dumps({"RequestId": request_id}).encode())
    SigV4Auth(credentials, "crossgrant", "us-east-1").add_auth(request)
    (entry,) = json.loads(URLLib3Session().send(request.prepare()).content)["Requests"]
    return list(dict.fromkeys((each["Action"], each["Resource"]) for each in entry.get("Decisions", ())))


@pytest.mark.parametrize(("service", "operation", "parameters"), CALLS, ids=[operation for _, operation, _ in CALLS])
def test_a_call(gateway: Gateway, service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    client, seen = gateway.client(service), []
    client.meta.events.register("after-call", lambda parsed, **_: seen.append(parsed["ResponseMetadata"]["RequestId"]))
    try:
        client._make_api_call(operation, dict(parameters))  # noqa: SLF001 - a call by its own name
    except client.exceptions.ClientError as error:
        seen.append(error.response["ResponseMetadata"]["RequestId"])
    expected = accesses(service, operation, parameters, Place(OWNER, "us-east-1"))
    assert decided(gateway, seen[-1]) == [tuple(access) for access in expected or ()]
