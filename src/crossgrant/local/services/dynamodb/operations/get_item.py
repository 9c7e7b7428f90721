"""GetItem: one item by its key.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, item_text, members, store, values
from crossgrant.local.services.dynamodb.answer import with_item
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.expressions import DocumentPath, projection, select
from crossgrant.local.services.dynamodb.keys import key_of
from crossgrant.local.services.dynamodb.shapes import Structure
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item

MEMBERS = Structure(
    "GetItemInput",
    members.TABLE_NAME,
    members.KEY,
    members.ATTRIBUTES_TO_GET,
    members.CONSISTENT_READ,
    members.RETURN_CONSUMED_CAPACITY,
    members.PROJECTION_EXPRESSION,
    members.NAMES,
)


@dataclass(frozen=True, slots=True)
class Get:
    """A GetItem as read."""

    target: Target
    key: Item
    paths: tuple[DocumentPath, ...] | None


def read(call: Call) -> Get:
    """Check the request."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"])
    given.check_together(asked, ("ProjectionExpression",), ("AttributesToGet",))
    key = asked["Key"]
    values.check_item(key)
    return Get(target, key, read_projection(asked))


def read_projection(asked: dict[str, Any]) -> tuple[DocumentPath, ...] | None:
    """Return the paths that a read asks for, by expression or by AttributesToGet, or None for the whole item."""
    if "ProjectionExpression" not in asked:
        return given.attributes_to_get(asked)
    placeholders = given.placeholders(asked)
    paths = given.expression(asked, "ProjectionExpression", projection, placeholders)
    given.check_used(placeholders)
    return paths


def needs(call: Call, get: Get) -> tuple[Need, ...]:
    """Return the decision on dynamodb:GetItem."""
    context = read_context(call.input, get.paths, get.key)
    return (access.need(call, get.target, "dynamodb:GetItem", context, (get.key,)),)


def read_context(asked: dict[str, Any], paths: tuple[DocumentPath, ...] | None, key: Item) -> access.Context:
    """Return the condition keys of a read of items by their keys."""
    if paths is None:
        return access.reads(asked, "ALL_ATTRIBUTES", key)
    return access.reads(asked, "SPECIFIC_ATTRIBUTES", key, access.heads(paths))


def serve(call: Call, get: Get) -> Output | RawBody:
    """Return the item."""
    database = call.accounts.database
    table = get.target.readable(call)
    key = key_of(table.key, get.key)
    if table.expiry_attribute:
        store.drop_expired(database, table, call.now)
    stored = store.get(database, table, key)
    asked = call.input
    rest = {}
    wanted = asked.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        units = read_units(stored.size if stored else 0, consistent=asked.get("ConsistentRead", False))
        rest["ConsumedCapacity"] = Consumed(get.target.written, units).answer(wanted)
    if stored is None:
        return rest
    text = stored.text
    if get.paths is not None:
        text = item_text.encode(select(item_text.decode(text), get.paths))
    return with_item("Item", text, rest)


OPERATIONS = (Operation("GetItem", MEMBERS.names, read, needs, serve, Access.READS),)
