"""A table's settings: what is stored is shown, and what isn't served is refused by name, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crossgrant.local.gateway.model import load_model
from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb.service import SERVICE
from support.embedded_table import EmbeddedTable

ENABLED = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


def described(table: EmbeddedTable, name: str = "Orders") -> dict[str, Any]:
    description: dict[str, Any] = table.call("DescribeTable", TableName=name)["Table"]
    return description


def updated(table: EmbeddedTable, **change: Any) -> dict[str, Any]:
    table.call("UpdateTable", TableName="Orders", **change)
    return described(table)


def test_a_stream_is_shown_with_its_label_and_arn() -> None:
    table = EmbeddedTable()
    table.create(StreamSpecification=ENABLED)
    shown = described(table)
    assert shown["StreamSpecification"] == ENABLED
    assert shown["LatestStreamLabel"] == "2027-01-15T08:00:00.000"
    assert shown["LatestStreamArn"] == shown["TableArn"] + "/stream/2027-01-15T08:00:00.000"


def test_a_disabled_stream_leaves_its_label_and_arn_and_the_next_has_others() -> None:
    table = EmbeddedTable()
    table.create()
    first = updated(table, StreamSpecification=ENABLED)
    disabled = updated(table, StreamSpecification={"StreamEnabled": False})
    assert "StreamSpecification" not in disabled
    assert disabled["LatestStreamArn"] == first["LatestStreamArn"]
    table.time.seconds += 60
    again = updated(table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    assert again["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert again["LatestStreamArn"] == again["TableArn"] + "/stream/2027-01-15T08:01:00.000"


def test_a_table_that_never_had_a_stream_says_nothing_of_it() -> None:
    table = EmbeddedTable()
    table.create(StreamSpecification={"StreamEnabled": False})
    assert not {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"} & set(described(table))


def test_on_demand_limits_are_shown_until_they_are_taken_away() -> None:
    table = EmbeddedTable()
    table.create(OnDemandThroughput={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20})
    assert described(table)["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    raised = updated(table, OnDemandThroughput={"MaxReadRequestUnits": 30, "MaxWriteRequestUnits": -1})
    assert raised["OnDemandThroughput"] == {"MaxReadRequestUnits": 30}
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    assert "OnDemandThroughput" not in updated(table, BillingMode="PROVISIONED", ProvisionedThroughput=units)


def test_warm_throughput_is_always_shown_and_rises_with_what_is_provisioned() -> None:
    table = EmbeddedTable()
    table.create("OnDemand")
    assert described(table, "OnDemand")["WarmThroughput"] == {
        "ReadUnitsPerSecond": 12000,
        "WriteUnitsPerSecond": 4000,
        "Status": "ACTIVE",
    }
    table.call(
        "CreateTable",
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    warm = described(table)["WarmThroughput"]
    assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (5, 5)
    warm = updated(table, ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 1})["WarmThroughput"]
    assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (9, 5)
    warm = updated(table, WarmThroughput={"WriteUnitsPerSecond": 50})["WarmThroughput"]
    assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (9, 50)
    warm = updated(table, BillingMode="PAY_PER_REQUEST")["WarmThroughput"]
    assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (12000, 4000)


def test_an_index_has_limits_and_warm_throughput_of_its_own() -> None:
    table = EmbeddedTable()
    index = {
        "IndexName": "by-user",
        "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "OnDemandThroughput": {"MaxReadRequestUnits": 10},
    }
    table.create(GlobalSecondaryIndexes=[index], attributes={"user": "S"})
    (shown,) = described(table)["GlobalSecondaryIndexes"]
    assert shown["OnDemandThroughput"] == {"MaxReadRequestUnits": 10}
    assert shown["WarmThroughput"]["ReadUnitsPerSecond"] == 12000
    change = {"IndexName": "by-user", "WarmThroughput": {"ReadUnitsPerSecond": 13000}}
    (shown,) = updated(table, GlobalSecondaryIndexUpdates=[{"Update": change}])["GlobalSecondaryIndexes"]
    assert shown["WarmThroughput"]["ReadUnitsPerSecond"] == 13000
    change = {"IndexName": "by-user", "OnDemandThroughput": {"MaxReadRequestUnits": 0}}
    with pytest.raises(ServiceError, match="for index : by-user is outside of valid range"):
        updated(table, GlobalSecondaryIndexUpdates=[{"Update": change}])


def test_the_class_is_shown_once_it_was_changed() -> None:
    table = EmbeddedTable()
    table.create()
    assert "TableClassSummary" not in updated(table, TableClass="STANDARD")
    changed = updated(table, TableClass="STANDARD_INFREQUENT_ACCESS")["TableClassSummary"]
    assert changed == {"TableClass": "STANDARD_INFREQUENT_ACCESS", "LastUpdateDateTime": table.time.seconds}


def test_encryption_by_the_key_that_aws_manages_is_shown_and_can_be_ended() -> None:
    table = EmbeddedTable()
    table.create(SSESpecification={"Enabled": True})
    shown = described(table)["SSEDescription"]
    assert (shown["Status"], shown["SSEType"]) == ("ENABLED", "KMS")
    assert shown["KMSMasterKeyArn"].startswith("arn:aws:kms:us-east-1:222222222222:key/")
    assert "SSEDescription" not in updated(table, SSESpecification={"Enabled": False})


@pytest.mark.parametrize(
    "change",
    [
        {"DeletionProtectionEnabled": True},
        {"WarmThroughput": {"ReadUnitsPerSecond": 13000}},
        {"SSESpecification": {"Enabled": True}},
    ],
)
def test_a_table_stays_active_while_these_change(change: dict[str, Any]) -> None:
    table = EmbeddedTable()
    table.create()
    answer = table.call("UpdateTable", TableName="Orders", **change)["TableDescription"]
    assert answer["TableStatus"] == "ACTIVE"


def members(shape: str, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to each member within a shape of AWS's model, and the member's type; values of items aside."""
    model = load_model("dynamodb")
    data = model.shapes[shape]
    if shape == "AttributeValue":
        return
    match data["type"]:
        case "structure":
            for name, member in data["members"].items():
                yield (*path, name), model.shapes[member["shape"]]["type"]
                yield from members(member["shape"], (*path, name))
        case "list":
            yield from members(data["member"]["shape"], (*path, "[]"))
        case "map":
            yield from members(data["value"]["shape"], (*path, "{}"))


def wrapped(path: tuple[str, ...], value: Any) -> Any:
    """Return an input that holds `value` at the end of a path, and nothing else."""
    for name in reversed(path):
        value = [value] if name == "[]" else {"key" if name == "{}" else name: value}
    return value


@pytest.mark.parametrize("name", sorted(SERVICE.operations))
def test_no_parameter_is_dropped_unread(name: str) -> None:
    """Each member that AWS has is refused by name, or its JSON type is checked: what is unknown would be let pass."""
    operation = SERVICE.operations[name]
    shape = load_model("dynamodb").operations[name].input
    assert shape is not None
    dropped = []
    for path, kind in members(shape):
        if path[0] not in operation.parameters:
            continue
        wrong: Any = {"a": 1} if kind == "list" else [{"a": 1}]
        try:
            EmbeddedTable().ask(name, wrapped(path, wrong))
        except ServiceError as error:
            if error.code == "SerializationException":
                continue
        dropped.append(".".join(path))
    assert dropped == []
