"""BatchGetItem: up to 100 items by their keys, from several tables.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, item_text, members, store, values
from crossgrant.local.services.dynamodb.answer import with_tables
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import DocumentPath, select
from crossgrant.local.services.dynamodb.keys import key_of
from crossgrant.local.services.dynamodb.operations.get_item import read_context, read_projection
from crossgrant.local.services.dynamodb.shapes import ITEM, Member, Structure, list_of, map_of, structure
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item

_MOST_KEYS = 100
_PROJECTIONS = (("ProjectionExpression",), ("AttributesToGet",))
_ANSWER_SIZE = 16 * 1024 * 1024

MEMBERS = Structure(
    "BatchGetItemInput",
    members.RETURN_CONSUMED_CAPACITY,
    Member(
        "RequestItems",
        map_of(
            structure(
                "KeysAndAttributes",
                Member("Keys", list_of(ITEM, 1, _MOST_KEYS), required=True),
                members.ATTRIBUTES_TO_GET,
                members.CONSISTENT_READ,
                members.PROJECTION_EXPRESSION,
                members.NAMES,
            ),
            most=_MOST_KEYS,
            java="com.amazonaws.dynamodb.v20120810.KeysAndAttributes",
        ),
        required=True,
    ),
)


@dataclass(frozen=True, slots=True)
class TableKeys:
    """What is asked of one table."""

    target: Target
    asked: dict[str, Any]
    paths: tuple[DocumentPath, ...] | None

    @property
    def keys(self) -> list[Item]:
        """The keys."""
        keys: list[Item] = self.asked["Keys"]
        return keys


def read(call: Call) -> tuple[TableKeys, ...]:
    """Check the request: the number of keys, then each table's parameters, keys and expression."""
    asked = call.input
    MEMBERS.check(asked)
    requests = asked["RequestItems"]
    if not requests:
        raise validation("The requestItems parameter is required for BatchGetItem")
    given.check_together(dict(chain(*map(dict.items, requests.values()))), *_PROJECTIONS)  # nor over several tables
    targets = [Target.of(call, name) for name in requests]
    if sum(len(request["Keys"]) for request in requests.values()) > _MOST_KEYS:
        raise validation("Too many items requested for the BatchGetItem call")
    found = []
    for target, request in zip(targets, requests.values(), strict=True):
        given.check_together(request, *_PROJECTIONS)
        for key in request["Keys"]:
            values.check_item(key)
        found.append(TableKeys(target, request, read_projection(request)))
    return tuple(found)


def needs(call: Call, wanted: tuple[TableKeys, ...]) -> tuple[Need, ...]:
    """Return one decision on dynamodb:BatchGetItem for each table."""
    decisions = []
    for each in wanted:
        names = {name: value for key in each.keys for name, value in key.items()}
        context = read_context(call.input, each.paths, names)
        decisions.append(access.need(call, each.target, "dynamodb:BatchGetItem", context, each.keys))
    return tuple(decisions)


def serve(call: Call, wanted: tuple[TableKeys, ...]) -> Output | RawBody:
    """Return the items; those over 16 MB are left unprocessed."""
    responses: dict[str, list[bytes]] = {}
    unprocessed: dict[str, Any] = {}
    capacities = []
    capacity = call.input.get("ReturnConsumedCapacity", "NONE")
    room = _ANSWER_SIZE
    tables = [each.target.readable(call) for each in wanted]
    for each, table in zip(wanted, tables, strict=True):
        places = [key_of(table.key, key) for key in each.keys]
        if len(set(places)) != len(places):
            raise validation("Provided list of item keys contains duplicates")
        if table.expiry_attribute:
            store.drop_expired(call.accounts.database, table, call.now)
        texts = responses[each.target.written] = []
        units = 0.0
        consistent = each.asked.get("ConsistentRead", False)
        found = store.get_many(call.accounts.database, table, places)
        for number, place in enumerate(places):
            stored = found.get(place)
            size = stored.size if stored else 0
            room -= size
            if room < 0:
                unprocessed[each.target.written] = {**each.asked, "Keys": each.keys[number:]}
                break
            units += read_units(size, consistent=consistent)
            if stored is not None:
                whole = each.paths is None
                text = (
                    stored.text if whole else item_text.encode(select(item_text.decode(stored.text), each.paths or ()))
                )
                texts.append(text)
        if capacity != "NONE":
            capacities.append(Consumed(each.target.written, units).answer(capacity))
    rest: dict[str, Any] = {"UnprocessedKeys": unprocessed}
    if capacities:
        rest["ConsumedCapacity"] = capacities
    return with_tables(responses, rest)


OPERATIONS = (Operation("BatchGetItem", MEMBERS.names, read, needs, serve, Access.READS),)
