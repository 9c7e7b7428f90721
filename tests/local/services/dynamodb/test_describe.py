from __future__ import annotations

import pytest

from crossgrant.local.operation import ServiceError
from support.dynamodb_cases import EVENTS
from support.embedded_table import EmbeddedTable


def test_items_and_bytes_are_counted_as_they_come_and_go() -> None:
    table = EmbeddedTable()
    table.ask("CreateTable", EVENTS)
    table.call("DescribeTable", TableName="Events")
    for number in (1, 2, 2, 3):
        item = {"id": {"S": "a"}, "at": {"N": str(number)}, "kind": {"S": "k"}, "note": {"S": "x" * number * 10}}
        if number != 3:
            item |= {"user": {"S": "u"}, "day": {"S": "d"}}
        table.call("PutItem", TableName="Events", Item=item)
    table.call("DeleteItem", TableName="Events", Key={"id": {"S": "a"}, "at": {"N": "1"}})
    described = table.call("DescribeTable", TableName="Events")["Table"]
    (by_kind,), (by_user,) = described["LocalSecondaryIndexes"], described["GlobalSecondaryIndexes"]
    #          id  a  at  2  kind k  note x…    user u  day d
    sizes = (2 + 1 + 2 + 2 + 4 + 1 + 4 + 20 + 4 + 1 + 3 + 1, 2 + 1 + 2 + 2 + 4 + 1 + 4 + 30)
    assert (described["ItemCount"], described["TableSizeBytes"]) == (2, sum(sizes))
    assert (by_kind["ItemCount"], by_kind["IndexSizeBytes"]) == (2, 2 * (2 + 1 + 2 + 2 + 4 + 1))
    assert (by_user["ItemCount"], by_user["IndexSizeBytes"]) == (1, 2 + 1 + 2 + 2 + 4 + 1 + 3 + 1)


def test_a_description_has_the_fields_of_aws_and_no_others() -> None:
    table = EmbeddedTable()
    table.ask("CreateTable", EVENTS)
    described = table.call("DescribeTable", TableName="Events")["Table"]
    assert set(described) == {
        "AttributeDefinitions",
        "BillingModeSummary",
        "CreationDateTime",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexes",
        "ItemCount",
        "KeySchema",
        "LocalSecondaryIndexes",
        "ProvisionedThroughput",
        "TableArn",
        "TableId",
        "TableName",
        "TableSizeBytes",
        "TableStatus",
        "WarmThroughput",
    }
    assert set(described["GlobalSecondaryIndexes"][0]) == {
        "IndexArn",
        "IndexName",
        "IndexSizeBytes",
        "IndexStatus",
        "ItemCount",
        "KeySchema",
        "Projection",
        "ProvisionedThroughput",
        "WarmThroughput",
    }


def test_a_key_of_several_attributes_is_described_in_its_order() -> None:
    table = EmbeddedTable()
    elements = [{"AttributeName": name, "KeyType": "HASH" if name in "dcba" else "RANGE"} for name in "dcbahgfe"]
    indexes = [{"IndexName": "by-all", "KeySchema": elements, "Projection": {"ProjectionType": "ALL"}}]
    table.create(attributes=dict.fromkeys("abcdefgh", "S"), GlobalSecondaryIndexes=indexes)
    (described,) = table.call("DescribeTable", TableName="Orders")["Table"]["GlobalSecondaryIndexes"]
    assert elements == described["KeySchema"]


@pytest.mark.parametrize("key", ["table", "local index"])
def test_only_a_global_index_has_a_key_of_more_than_two_attributes(key: str) -> None:
    elements = [{"AttributeName": name, "KeyType": "HASH" if name == "a" else "RANGE"} for name in "abc"]
    local = [{"IndexName": "by-c", "KeySchema": elements, "Projection": {"ProjectionType": "ALL"}}]
    with pytest.raises(ServiceError, match="Member must have length less than or equal to 2") as refused:
        EmbeddedTable().call(
            "CreateTable",
            TableName="Orders",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=elements if key == "table" else elements[:2],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "abc"],
            **({} if key == "table" else {"LocalSecondaryIndexes": local}),
        )
    assert refused.value.code == "ValidationException"


def test_attributes_are_described_by_name_whatever_order_they_were_given_in() -> None:
    table = EmbeddedTable()
    index = {
        "IndexName": "by-user",
        "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total", "note"]},
    }
    table.create(GlobalSecondaryIndexes=[index], attributes={"user": "S"}, range_type="N")
    described = table.call("DescribeTable", TableName="Orders")["Table"]
    assert [each["AttributeName"] for each in described["AttributeDefinitions"]] == ["at", "id", "user"]
    assert described["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"] == ["note", "total"]
