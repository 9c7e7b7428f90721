"""DynamoDB through the gateway: signed requests, decisions, and what stands on the wire."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.dynamodb_cases import MATCHES
from support.gateway import Gateway, running_gateway, start_gateway, stop
from support.signed import call, send, signed_headers
from support.wire_client import RefusedError, WireClient

pytestmark = pytest.mark.slow

OWNER = "222222222222"
ARN = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Shared"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("served")) as running:
        make_table(WireClient(running), "Shared")
        yield running


def make_table(client: WireClient, name: str, **more: Any) -> None:
    client.call(
        "CreateTable",
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        **more,
    )
    client.call("DescribeTable", TableName=name)


def policy(*actions: str, **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": list(actions),
        "Resource": ARN,
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code_of(client: WireClient, operation: str, **given: Any) -> str:
    try:
        client.call(operation, **given)
    except RefusedError as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("operation", "body", "kind"),
    [
        ("GetItem", b"{}", "com.amazon.coral.validate#ValidationException"),
        ("GetItem", b"", "com.amazon.coral.service#SerializationException"),
        ("GetItem", b'{"TableName":3}', "com.amazon.coral.service#SerializationException"),
        (
            "GetItem",
            b'{"TableName":"Nope","Key":{"id":{"S":"1"}}}',
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        ),
        ("GetSomething", b"{}", "com.amazon.coral.service#UnknownOperationException"),
    ],
)
def test_an_error_carries_its_namespace_and_a_checksum(served: Gateway, operation: str, body: bytes, kind: str) -> None:
    answer = call(served, operation, body)
    assert (answer.status, json.loads(answer.body)["__type"]) == (400, kind)
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"


@pytest.mark.parametrize("kind", ["application/json", "application/x-amz-json-1.1"])
@pytest.mark.parametrize(("operation", "status"), [("ListTables", 200), ("GetItem", 400)])
def test_an_answer_has_the_content_type_that_was_sent(served: Gateway, operation: str, status: int, kind: str) -> None:
    headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": kind}
    answer = send(served, signed_headers(served, "dynamodb", b"{}", headers), b"{}")
    assert (answer.status, answer.headers["content-type"]) == (status, kind)


@pytest.mark.parametrize(
    ("operation", "member", "value"),
    [("TagResource", "Tags", [{"Key": "k", "Value": "v"}]), ("UntagResource", "TagKeys", ["k"])],
)
def test_an_operation_without_output_answers_with_an_empty_body(
    served: Gateway, operation: str, member: str, value: list[Any]
) -> None:
    """As ScyllaDB Alternator's tests record it, which also run on AWS."""
    answer = call(served, operation, json.dumps({"ResourceArn": ARN, member: value}).encode())
    assert (answer.status, answer.body, answer.headers["x-amz-crc32"]) == (200, b"", "0")


@pytest.mark.parametrize(("more", "status"), [(0, 400), (1, 413)])
def test_a_body_of_more_than_16_mb_is_not_looked_at(served: Gateway, more: int, status: int) -> None:
    """The size is API_BatchWriteItem.html's, the status that of dynalite's tests, which ran against AWS."""
    body = b'{"TableName":3,"Padding":"%b"}'
    body %= b"x" * (16 * 1024 * 1024 - len(body) + 2 + more)
    assert call(served, "GetItem", body).status == status


def test_another_accounts_table_opens_by_its_policy_alone_and_both_sides(served: Gateway) -> None:
    owner, caller = WireClient(served), WireClient(served, "caller")
    owner.call("PutItem", TableName="Shared", Item={"id": {"S": "1"}})
    key = {"id": {"S": "1"}}
    assert code_of(caller, "GetItem", TableName=ARN, Key=key) == "AccessDeniedException"
    owner.call("PutResourcePolicy", ResourceArn=ARN, Policy=policy("dynamodb:GetItem"))
    assert caller.call("GetItem", TableName=ARN, Key=key)["Item"] == key
    assert code_of(caller, "PutItem", TableName=ARN, Item=key) == "AccessDeniedException"
    batch = {ARN: {"Keys": [key]}}
    assert code_of(caller, "BatchGetItem", RequestItems=batch) == "AccessDeniedException"
    owner.call("PutResourcePolicy", ResourceArn=ARN, Policy=policy("dynamodb:BatchGetItem"))
    assert caller.call("BatchGetItem", RequestItems=batch)["Responses"] == {ARN: [key]}
    owner.call("DeleteResourcePolicy", ResourceArn=ARN)
    assert code_of(caller, "BatchGetItem", RequestItems=batch) == "AccessDeniedException"


def test_a_policy_opens_no_table_under_the_key_that_aws_manages(served: Gateway) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html"""
    owner, caller = WireClient(served), WireClient(served, "caller")
    make_table(owner, "Managed", SSESpecification={"Enabled": True})
    managed = ARN.replace("Shared", "Managed")
    owner.call("PutResourcePolicy", ResourceArn=managed, Policy=policy("dynamodb:GetItem", Resource=managed))
    wanted = {"TableName": managed, "Key": {"id": {"S": "1"}}}
    assert code_of(caller, "GetItem", **wanted) == "AccessDeniedException"
    owner.call("UpdateTable", TableName="Managed", SSESpecification={"Enabled": False})
    assert code_of(caller, "GetItem", **wanted) == ""


def test_the_api_of_streams_is_refused_by_name(served: Gateway) -> None:
    with pytest.raises(ClientError, match=r"\(NotImplemented\).*crossgrant doesn't serve DynamoDB Streams"):
        served.client("dynamodbstreams", "owner").list_streams(TableName="Shared")


@pytest.mark.parametrize(
    ("operation", "parameter", "value"),
    [
        ("CreateTable", "GlobalTableSourceArn", ARN),
        ("CreateTable", "GlobalTableSettingsReplicationMode", "ENABLED"),
        ("CreateTable", "VectorIndexes", []),
        ("UpdateTable", "ReplicaUpdates", [{"Create": {"RegionName": "eu-west-1"}}]),
        ("UpdateTable", "MultiRegionConsistency", "STRONG"),
        ("UpdateTable", "GlobalTableWitnessUpdates", [{"Create": {"RegionName": "eu-west-1"}}]),
        ("UpdateTable", "GlobalTableSettingsReplicationMode", "ENABLED"),
        ("UpdateTable", "DisassociationProtectionEnabled", True),
        ("UpdateTable", "VectorIndexUpdates", []),
    ],
)
def test_what_needs_another_region_or_service_is_refused_by_name(
    served: Gateway, operation: str, parameter: str, value: Any
) -> None:
    with pytest.raises(RefusedError, match=f"crossgrant doesn't serve the parameter `{parameter}` of dynamodb"):
        WireClient(served).call(operation, TableName="Shared", **{parameter: value})


def test_a_role_made_again_is_another_principal_of_a_table_policy(served: Gateway) -> None:
    owner, iam = WireClient(served), served.client("iam", "caller")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    allowed = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ARN}]}
    )

    def reader() -> Any:
        """Make the role, and return a client of a session of it."""
        role = iam.create_role(RoleName="table-reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        iam.put_role_policy(RoleName="table-reader", PolicyName="read", PolicyDocument=allowed)
        assumed = served.client("sts", "caller").assume_role(RoleArn=role["Arn"], RoleSessionName="reader")
        return served.client("dynamodb", "caller", assumed["Credentials"])

    first = reader()
    principal = {"AWS": "arn:aws:iam::111111111111:role/table-reader"}
    owner.call("PutResourcePolicy", ResourceArn=ARN, Policy=policy("dynamodb:GetItem", Principal=principal))
    shown = json.loads(owner.call("GetResourcePolicy", ResourceArn=ARN)["Policy"])
    assert shown["Statement"][0]["Principal"] == principal
    first.get_item(TableName=ARN, Key={"id": {"S": "1"}})
    iam.delete_role_policy(RoleName="table-reader", PolicyName="read")
    iam.delete_role(RoleName="table-reader")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        reader().get_item(TableName=ARN, Key={"id": {"S": "1"}})
    owner.call("DeleteResourcePolicy", ResourceArn=ARN)


def test_whether_another_accounts_table_exists_is_not_told(served: Gateway) -> None:
    caller = WireClient(served, "caller")
    key = {"id": {"S": "1"}}
    there = code_of(caller, "GetItem", TableName=ARN, Key=key)
    nowhere = code_of(caller, "GetItem", TableName=ARN.replace("Shared", "Nowhere"), Key=key)
    assert there == nowhere == "AccessDeniedException"


def test_a_policy_on_leading_keys_opens_the_items_of_one_key(served: Gateway) -> None:
    owner, caller = WireClient(served), WireClient(served, "caller")
    condition = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}}
    owner.call(
        "PutResourcePolicy",
        ResourceArn=ARN,
        Policy=policy("dynamodb:GetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem", Condition=condition),
    )
    assert code_of(caller, "GetItem", TableName=ARN, Key={"id": {"S": "mine"}}) == ""
    assert code_of(caller, "GetItem", TableName=ARN, Key={"id": {"S": "yours"}}) == "AccessDeniedException"
    query = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "mine"}}}
    assert code_of(caller, "Query", TableName=ARN, **query) == ""
    query["ExpressionAttributeValues"] = {":id": {"S": "yours"}}
    assert code_of(caller, "Query", TableName=ARN, **query) == "AccessDeniedException"
    owner.call("DeleteResourcePolicy", ResourceArn=ARN)


def test_a_policy_on_each_partition_attribute_opens_one_partition_of_an_index(served: Gateway) -> None:
    owner, caller = WireClient(served), WireClient(served, "caller")
    arn = ARN.replace("Shared", "Matches")
    owner.call("CreateTable", **MATCHES)
    owner.call("DescribeTable", TableName="Matches")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": "dynamodb:Query",
        "Resource": f"{arn}/index/by-cup",
        "Condition": {
            "ForAllValues:StringEquals": {
                "dynamodb:FirstPartitionKeyValues": ["w"],
                "dynamodb:SecondPartitionKeyValues": ["24"],
            },
            "Null": {"dynamodb:FirstPartitionKeyValues": "false", "dynamodb:SecondPartitionKeyValues": "false"},
        },
    }
    owner.call(
        "PutResourcePolicy", ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )

    def queried(cup: str, season: str, condition: str = "cup = :c AND season = :s") -> str:
        values = {":c": {"S": cup}, ":s": {"N": season}}
        return code_of(
            caller,
            "Query",
            TableName=arn,
            IndexName="by-cup",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
        )

    assert queried("w", "24") == ""
    assert queried("w", "23") == "AccessDeniedException"
    assert queried("x", "24") == "AccessDeniedException"
    assert queried("w", "24", "cup = :c AND season >= :s") == "AccessDeniedException"


def test_partiql_and_time_to_live_have_no_way_across_accounts(served: Gateway) -> None:
    owner, caller = WireClient(served), WireClient(served, "caller")
    actions = ("dynamodb:PartiQLSelect", "dynamodb:UpdateTimeToLive", "dynamodb:DescribeTimeToLive")
    owner.call("PutResourcePolicy", ResourceArn=ARN, Policy=policy(*actions))
    assert code_of(caller, "DescribeTimeToLive", TableName=ARN) == ""
    select = f"SELECT * FROM \"{ARN}\" WHERE id='1'"
    assert code_of(caller, "ExecuteStatement", Statement=select) == "AccessDeniedException"
    wanted = {"AttributeName": "ends", "Enabled": True}
    denied = code_of(caller, "UpdateTimeToLive", TableName=ARN, TimeToLiveSpecification=wanted)
    assert denied == "AccessDeniedException"
    owner.call("DeleteResourcePolicy", ResourceArn=ARN)


def test_a_transaction_needs_each_of_its_actions(served: Gateway) -> None:
    owner, caller = WireClient(served), WireClient(served, "caller")
    enclosed = {"StringEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}}
    owner.call("PutResourcePolicy", ResourceArn=ARN, Policy=policy("dynamodb:PutItem", Condition=enclosed))
    put = {"Put": {"TableName": ARN, "Item": {"id": {"S": "t"}}}}
    delete = {"Delete": {"TableName": ARN, "Key": {"id": {"S": "u"}}}}
    assert code_of(caller, "TransactWriteItems", TransactItems=[put]) == ""
    assert code_of(caller, "TransactWriteItems", TransactItems=[put, delete]) == "AccessDeniedException"
    assert code_of(caller, "PutItem", TableName=ARN, Item={"id": {"S": "t"}}) == "AccessDeniedException"
    owner.call("DeleteResourcePolicy", ResourceArn=ARN)


def test_an_sdk_reads_what_it_wrote_and_waits_as_on_aws(served: Gateway) -> None:
    client = served.client("dynamodb")
    table: dict[str, Any] = {
        "TableName": "Sdk",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}],
    }
    assert client.create_table(**table)["TableDescription"]["TableStatus"] == "CREATING"
    client.get_waiter("table_exists").wait(TableName="Sdk")
    item = {"id": {"B": b"\x00\xff"}, "n": {"N": "1.50"}, "m": {"M": {"x": {"BS": [b"a"]}}}, "e": {"S": ""}}
    client.put_item(TableName="Sdk", Item=item)
    assert client.get_item(TableName="Sdk", Key={"id": item["id"]})["Item"] == {**item, "n": {"N": "1.5"}}
    with pytest.raises(ClientError) as refused:
        client.put_item(
            TableName="Sdk",
            Item={"id": item["id"]},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Item"]["e"] == {"S": ""}  # type: ignore[typeddict-item]  # the stubs lack it
    assert client.delete_table(TableName="Sdk")["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName="Sdk")


def test_items_expire_by_the_gateways_clock(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        client = WireClient(gateway)
        make_table(client, "Sessions")
        client.call(
            "UpdateTimeToLive",
            TableName="Sessions",
            TimeToLiveSpecification={"AttributeName": "ends", "Enabled": True},
        )
        ends = {"N": str(int(_now()) + 1800)}
        client.call("PutItem", TableName="Sessions", Item={"id": {"S": "1"}, "ends": ends})
        assert "Item" in client.call("GetItem", TableName="Sessions", Key={"id": {"S": "1"}})
        assert gateway.crossgrant("clock", "--advance", "1h").returncode == 0
        assert client.call("GetItem", TableName="Sessions", Key={"id": {"S": "1"}}) == {}


def _now() -> float:
    import time  # noqa: PLC0415 - the one place where a test reads the clock that the gateway started by

    return time.time()


def test_tables_and_items_are_there_after_a_restart(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state.db"))
    with running_gateway(tmp_path, *state) as gateway:
        client = WireClient(gateway)
        make_table(client, "Kept", Tags=[{"Key": "team", "Value": "a"}])
        client.call("PutItem", TableName="Kept", Item={"id": {"S": "1"}, "n": {"N": "7"}})
    again = start_gateway(tmp_path, *state)
    try:
        client = WireClient(again)
        assert client.call("GetItem", TableName="Kept", Key={"id": {"S": "1"}})["Item"]["n"] == {"N": "7"}
        tags = client.call("ListTagsOfResource", ResourceArn=ARN.replace("Shared", "Kept"))
        assert tags == {"Tags": [{"Key": "team", "Value": "a"}]}
    finally:
        stop(again.process)
