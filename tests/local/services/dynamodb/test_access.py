"""The condition keys of a partition key, one for each of its attributes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html#FGAC_DDB.ConditionKeys
"""

from __future__ import annotations

from typing import Any

import pytest

from support.dynamodb_cases import TABLES
from support.embedded_table import EmbeddedTable

ITEM = {"id": {"S": "1"}, "cup": {"S": "w"}, "season": {"N": "24"}}
BY_CUP = {
    "TableName": "Matches",
    "IndexName": "by-cup",
    "KeyConditionExpression": "season = :s AND cup = :c AND stage = :f",
    "ExpressionAttributeValues": {":s": {"N": "24"}, ":c": {"S": "w"}, ":f": {"S": "final"}},
}
OF_THE_TABLE = {"LeadingKeys": ("1",), "FirstPartitionKeyValues": ("1",)}


def keys_of(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    embedded = EmbeddedTable()
    for table in TABLES:
        embedded.ask("CreateTable", table)
        embedded.call("DescribeTable", TableName=table["TableName"])
    (need,) = embedded.needs(operation, **given)
    return {
        name.removeprefix("dynamodb:"): value
        for name, value in need.context.items()
        if name.endswith(("LeadingKeys", "PartitionKeyValues"))
    }


@pytest.mark.parametrize(
    ("operation", "given", "expected"),
    [
        ("GetItem", {"TableName": "Matches", "Key": {"id": {"S": "1"}}}, OF_THE_TABLE),
        ("PutItem", {"TableName": "Matches", "Item": ITEM}, OF_THE_TABLE),
        ("ExecuteStatement", {"Statement": "SELECT * FROM Matches WHERE id='1'"}, OF_THE_TABLE),
        (
            "Query",
            BY_CUP,
            {"LeadingKeys": ("w",), "FirstPartitionKeyValues": ("w",), "SecondPartitionKeyValues": ("24",)},
        ),
        (
            "Query",
            {**BY_CUP, "KeyConditionExpression": "season > :s AND cup = :c AND stage = :f"},
            {"LeadingKeys": ("w",), "FirstPartitionKeyValues": ("w",)},
        ),
        ("Scan", {"TableName": "Matches", "IndexName": "by-cup"}, {}),
    ],
)
def test_each_attribute_of_the_partition_key_has_a_condition_key(
    operation: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert expected == keys_of(operation, given)


def test_the_third_and_fourth_attributes_have_keys_of_their_own() -> None:
    embedded = EmbeddedTable()
    names = "abcd"
    embedded.create(
        attributes=dict.fromkeys(names, "S"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-four",
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"} for name in names],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    (need,) = embedded.needs(
        "Query",
        TableName="Orders",
        IndexName="by-four",
        KeyConditionExpression=" AND ".join(f"{name} = :{name}" for name in names),
        ExpressionAttributeValues={f":{name}": {"S": name.upper()} for name in names},
    )
    assert need.context["dynamodb:ThirdPartitionKeyValues"] == ("C",)
    assert need.context["dynamodb:FourthPartitionKeyValues"] == ("D",)
