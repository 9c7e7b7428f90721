"""BatchWriteItem: up to 25 puts and deletes, in several tables, without conditions.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, members, store, values, writes
from crossgrant.local.services.dynamodb.capacity import Consumed
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.keys import Key, key_of
from crossgrant.local.services.dynamodb.operations import writing
from crossgrant.local.services.dynamodb.shapes import Member, Structure, list_of, map_of, structure
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import ITEM_TOO_LARGE, MAX_ITEM_SIZE, Item, check_item
from crossgrant.local.services.dynamodb.writes import UNCONDITIONAL, Written

_MOST_WRITES = 25

MEMBERS = Structure(
    "BatchWriteItemInput",
    members.RETURN_CONSUMED_CAPACITY,
    members.RETURN_ITEM_COLLECTION_METRICS,
    Member(
        "RequestItems",
        map_of(
            list_of(
                structure(
                    "WriteRequest",
                    Member("DeleteRequest", structure("DeleteRequest", members.KEY)),
                    Member("PutRequest", structure("PutRequest", members.ITEM_MEMBER)),
                ),
                1,
                _MOST_WRITES,
            ),
            most=_MOST_WRITES,
            java="java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
        ),
        required=True,
    ),
)


@dataclass(frozen=True, slots=True)
class BatchWrite:
    """One put (with the item's size) or one delete (without)."""

    item: Item
    size: int | None


@dataclass(frozen=True, slots=True)
class TableWrites:
    """What is written to one table."""

    target: Target
    writes: tuple[BatchWrite, ...]


def read(call: Call) -> tuple[TableWrites, ...]:
    """Check the request: the number of writes, then each write's values and size."""
    asked = call.input
    MEMBERS.check(asked)
    requests = asked["RequestItems"]
    if not requests:
        raise validation("The requestItems parameter is required for BatchWriteItem")
    targets = [Target.of(call, name) for name in requests]
    if sum(map(len, requests.values())) > _MOST_WRITES:
        raise validation("Too many items requested for the BatchWriteItem call")
    return tuple(
        TableWrites(target, tuple(map(_read_write, each)))
        for target, each in zip(targets, requests.values(), strict=True)
    )


def _read_write(request: dict[str, Any]) -> BatchWrite:
    if len(request) != 1:
        raise validation(
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    if "PutRequest" in request:
        item = request["PutRequest"]["Item"]
        size = check_item(item)
        if size > MAX_ITEM_SIZE:
            raise validation(ITEM_TOO_LARGE)
        return BatchWrite(item, size)
    key = request["DeleteRequest"]["Key"]
    values.check_item(key)
    return BatchWrite(key, None)


def needs(call: Call, wanted: tuple[TableWrites, ...]) -> tuple[Need, ...]:
    """Return one decision on dynamodb:BatchWriteItem for each table."""
    decisions = []
    for each in wanted:
        items = [write.item for write in each.writes]
        context = access.writes(call.input, *items)
        del context["dynamodb:ReturnValues"]
        decisions.append(access.need(call, each.target, "dynamodb:BatchWriteItem", context, items))
    return tuple(decisions)


def serve(call: Call, wanted: tuple[TableWrites, ...]) -> Output | RawBody:
    """Do every write."""
    capacity = call.input.get("ReturnConsumedCapacity", "NONE")
    counts_collections = call.input.get("ReturnItemCollectionMetrics") == "SIZE"
    tables = [writing.prepare(call, each.target) for each in wanted]
    places = [_distinct_places(table, each) for each, table in zip(wanted, tables, strict=True)]
    rest: dict[str, Any] = {"UnprocessedItems": {}}
    for each, table, keys in zip(wanted, tables, places, strict=True):
        if capacity == "NONE" and not table.indexes and not table.expiry_attribute:
            _write_plainly(call, table, each, keys)
            continue
        consumed = Consumed(each.target.written)
        metrics = {}
        for write, key in zip(each.writes, keys, strict=True):
            written = _write(call, table, write, key, needs_old=capacity != "NONE")
            if capacity != "NONE":
                consumed.add(written.consumed(each.target.written))
            if counts_collections and written.key.hash not in metrics:
                found = writes.collection_metrics(call.accounts.database, table, written.key, write.item)
                if found is not None:
                    metrics[written.key.hash] = found
        if capacity != "NONE":
            rest.setdefault("ConsumedCapacity", []).append(consumed.answer(capacity))
        if metrics:
            rest.setdefault("ItemCollectionMetrics", {})[each.target.written] = list(metrics.values())
    return rest


def _distinct_places(table: Table, wanted: TableWrites) -> list[Key]:
    """Return the place of each write; two of one item are refused."""
    names = table.key.names
    places = [
        key_of(
            table.key,
            write.item if write.size is None else {name: write.item[name] for name in names if name in write.item},
        )
        for write in wanted.writes
    ]
    if len(set(places)) != len(places):
        raise validation("Provided list of item keys contains duplicates")
    return places


def _write_plainly(call: Call, table: Table, wanted: TableWrites, keys: list[Key]) -> None:
    """Do a table's writes where nothing needs the old items: every put in one statement."""
    puts = []
    for write, key in zip(wanted.writes, keys, strict=True):
        if write.size is None:
            store.delete(call.accounts.database, table, key, None)
        else:
            puts.append((key, write.item, write.size))
    if puts:
        store.put_many(call.accounts.database, table, puts)


def _write(call: Call, table: Table, write: BatchWrite, key: Key, *, needs_old: bool) -> Written:
    if write.size is None:
        return writes.delete(call.accounts.database, table, write.item, UNCONDITIONAL)
    return writes.put(
        call.accounts.database, table, write.item, write.size, UNCONDITIONAL, needs_old=needs_old, key=key
    )


OPERATIONS = (Operation("BatchWriteItem", MEMBERS.names, read, needs, serve),)
