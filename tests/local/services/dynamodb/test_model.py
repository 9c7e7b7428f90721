"""The engine beside a plain dict, under random operations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from crossgrant.local.operation import ServiceError
from support.embedded_table import EmbeddedTable

partitions = st.sampled_from(("a", "b", "ä", "ab"))
sort_keys = st.sampled_from(("-1.5", "-1", "0", "0.5", "2", "10", "1E+20", "-1E-9"))
owners = st.sampled_from(("x", "y")) | st.none()

Key = tuple[str, Decimal]


def key_of(partition: str, sort_key: str) -> dict[str, Any]:
    return {"id": {"S": partition}, "at": {"N": sort_key}}


class Table(RuleBasedStateMachine):
    """A table with a sort key and two global indexes, one by several attributes, and a dict of the same items."""

    @initialize()
    def make(self) -> None:
        self.table = EmbeddedTable()
        self.table.create(
            range_type="N",
            attributes={"owned": "S", "n": "N"},
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-owner",
                    "KeySchema": [
                        {"AttributeName": "owned", "KeyType": "HASH"},
                        {"AttributeName": "at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                },
                {
                    "IndexName": "by-owner-and-id",
                    "KeySchema": [
                        {"AttributeName": "owned", "KeyType": "HASH"},
                        {"AttributeName": "id", "KeyType": "HASH"},
                        {"AttributeName": "n", "KeyType": "RANGE"},
                        {"AttributeName": "at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                },
            ],
        )
        self.model: dict[Key, dict[str, Any]] = {}

    def _item(self, partition: str, sort_key: str, owner: str | None, count: int) -> dict[str, Any]:
        written = format(Decimal(sort_key), "f")
        item = {"id": {"S": partition}, "at": {"N": written}, "n": {"N": str(count)}}
        return item if owner is None else {**item, "owned": {"S": owner}}

    @rule(partition=partitions, sort_key=sort_keys, owner=owners, count=st.integers(0, 99))
    def put(self, partition: str, sort_key: str, owner: str | None, count: int) -> None:
        item = self._item(partition, sort_key, owner, count)
        old = self.table.call("PutItem", TableName="Orders", Item=item, ReturnValues="ALL_OLD").get("Attributes")
        assert self.model.get((partition, Decimal(sort_key))) == old
        self.model[partition, Decimal(sort_key)] = item

    @rule(partition=partitions, sort_key=sort_keys, owner=owners)
    def put_if_new(self, partition: str, sort_key: str, owner: str | None) -> None:
        item = self._item(partition, sort_key, owner, 0)
        refused = False
        try:
            self.table.call("PutItem", TableName="Orders", Item=item, ConditionExpression="attribute_not_exists(id)")
        except ServiceError:
            refused = True
        assert refused == ((partition, Decimal(sort_key)) in self.model)
        self.model.setdefault((partition, Decimal(sort_key)), item)

    @rule(partition=partitions, sort_key=sort_keys)
    def delete(self, partition: str, sort_key: str) -> None:
        self.table.call("DeleteItem", TableName="Orders", Key=key_of(partition, sort_key))
        self.model.pop((partition, Decimal(sort_key)), None)

    @rule(partition=partitions, sort_key=sort_keys, more=st.integers(-9, 9))
    def add(self, partition: str, sort_key: str, more: int) -> None:
        self.table.call(
            "UpdateItem",
            TableName="Orders",
            Key=key_of(partition, sort_key),
            UpdateExpression="ADD n :more",
            ExpressionAttributeValues={":more": {"N": str(more)}},
        )
        old = self.model.get((partition, Decimal(sort_key)))
        item = old or self._item(partition, sort_key, None, 0)
        self.model[partition, Decimal(sort_key)] = {**item, "n": {"N": str(int(item["n"]["N"]) + more)}}

    @rule(partition=partitions, sort_key=sort_keys, owner=owners)
    def hand_over(self, partition: str, sort_key: str, owner: str | None) -> None:
        change = {"UpdateExpression": "REMOVE owned"}
        values = {}
        if owner is not None:
            change = {"UpdateExpression": "SET owned = :owner"}
            values = {"ExpressionAttributeValues": {":owner": {"S": owner}}}
        try:
            self.table.call(
                "UpdateItem",
                TableName="Orders",
                Key=key_of(partition, sort_key),
                ConditionExpression="attribute_exists(id)",
                **change,
                **values,
            )
        except ServiceError:
            assert (partition, Decimal(sort_key)) not in self.model
            return
        item = {name: value for name, value in self.model[partition, Decimal(sort_key)].items() if name != "owned"}
        self.model[partition, Decimal(sort_key)] = item if owner is None else {**item, "owned": {"S": owner}}

    @rule(keys=st.lists(st.tuples(partitions, sort_keys), min_size=2, max_size=4, unique=True), fails=st.booleans())
    def transact(self, keys: list[tuple[str, str]], fails: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        (first, at), *others = keys
        writes: list[dict[str, Any]] = [
            {"Put": {"TableName": "Orders", "Item": self._item(partition, sort_key, "x", 7)}}
            for partition, sort_key in others
        ]
        condition = "attribute_exists(id)" if fails else "attribute_not_exists(nothing)"
        check = {"TableName": "Orders", "Key": key_of(first, at), "ConditionExpression": condition}
        refused = False
        try:
            self.table.call("TransactWriteItems", TransactItems=[*writes, {"ConditionCheck": check}])
        except ServiceError:
            refused = True
        assert refused == (fails and (first, Decimal(at)) not in self.model)
        if not refused:
            for partition, sort_key in others:
                self.model[partition, Decimal(sort_key)] = self._item(partition, sort_key, "x", 7)

    @rule(
        partition=partitions,
        bounds=st.lists(sort_keys, min_size=2, max_size=2),
        forward=st.booleans(),
        limit=st.integers(1, 3),
    )
    def query(self, partition: str, bounds: list[str], forward: bool, limit: int) -> None:  # noqa: FBT001 - as above
        low, high = sorted(bounds, key=Decimal)
        expected = sorted(
            (key[1], item["n"]["N"])
            for key, item in self.model.items()
            if key[0] == partition and Decimal(low) <= key[1] <= Decimal(high)
        )
        found = self._pages(
            "Query",
            KeyConditionExpression="id = :id AND #at BETWEEN :low AND :high",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":id": {"S": partition}, ":low": {"N": low}, ":high": {"N": high}},
            ScanIndexForward=forward,
            Limit=limit,
        )
        assert (expected if forward else expected[::-1]) == [
            (Decimal(item["at"]["N"]), item["n"]["N"]) for item in found
        ]

    @rule(owner=st.sampled_from(("x", "y")), limit=st.integers(1, 3))
    def query_the_index(self, owner: str, limit: int) -> None:
        expected = [item for item in self.model.values() if item.get("owned") == {"S": owner}]
        found = self._pages(
            "Query",
            IndexName="by-owner",
            KeyConditionExpression="owned = :owner",
            ExpressionAttributeValues={":owner": {"S": owner}},
            Limit=limit,
        )
        ordered = [Decimal(item["at"]["N"]) for item in found]
        assert sorted(ordered) == ordered
        assert sorted(map(repr, map(_sorted, expected))) == sorted(map(repr, map(_sorted, found)))

    @rule(
        owner=st.sampled_from(("x", "y")),
        partition=partitions,
        least=st.integers(-9, 99),
        forward=st.booleans(),
        limit=st.integers(1, 3),
    )
    def query_by_several(self, owner: str, partition: str, least: int, forward: bool, limit: int) -> None:  # noqa: FBT001 - as above
        expected = sorted(
            (int(item["n"]["N"]), key[1])
            for key, item in self.model.items()
            if key[0] == partition and item.get("owned") == {"S": owner} and int(item["n"]["N"]) >= least
        )
        found = self._pages(
            "Query",
            IndexName="by-owner-and-id",
            KeyConditionExpression="owned = :owner AND id = :id AND n >= :least",
            ExpressionAttributeValues={":owner": {"S": owner}, ":id": {"S": partition}, ":least": {"N": str(least)}},
            ScanIndexForward=forward,
            Limit=limit,
        )
        assert (expected if forward else expected[::-1]) == [
            (int(item["n"]["N"]), Decimal(item["at"]["N"])) for item in found
        ]

    @rule(segments=st.integers(1, 5), limit=st.integers(1, 4))
    def scan(self, segments: int, limit: int) -> None:
        found = [
            item
            for segment in range(segments)
            for item in self._pages("Scan", Segment=segment, TotalSegments=segments, Limit=limit)
        ]
        assert sorted(map(repr, map(_sorted, self.model.values()))) == sorted(map(repr, map(_sorted, found)))

    def _pages(self, operation: str, **given: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            page = self.table.call(operation, TableName="Orders", **given, **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _sorted(item: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(item.items())


TestTable = pytest.mark.slow(Table.TestCase)
Table.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
