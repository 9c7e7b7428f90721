"""What the three writes of one item share: their condition, their condition keys, and their answers."""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Call, Output, RawBody
from crossgrant.local.services.dynamodb import given, legacy, store, writes
from crossgrant.local.services.dynamodb.answer import with_item
from crossgrant.local.services.dynamodb.expressions import Placeholders, condition
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item
from crossgrant.local.services.dynamodb.writes import UNCONDITIONAL, Conditional, Written


def conditional(asked: dict[str, Any], placeholders: Placeholders | None) -> Conditional:
    """Return the condition of a write, by expression or by Expected."""
    shows = asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    if placeholders is not None and "ConditionExpression" in asked:
        return Conditional(given.expression(asked, "ConditionExpression", condition, placeholders), shows)
    if "Expected" in asked:
        return Conditional(legacy.expected(asked["Expected"], asked.get("ConditionalOperator", "AND")), shows)
    return UNCONDITIONAL


def answer(  # noqa: PLR0913 - what an answer is made of
    call: Call, target: Target, table: Table, wanted: Item, written: Written, *, old: bool
) -> Output | RawBody:
    """Return the answer of a write; `old` puts the old item in it."""
    rest = counts(call, target, table, wanted, written)
    if old and written.old_text is not None:
        return with_item("Attributes", written.old_text, rest)
    return rest


def counts(call: Call, target: Target, table: Table, wanted: Item, written: Written) -> dict[str, Any]:
    """Return the capacity consumed and the item collection's size, where the call asks for them."""
    asked = call.input
    rest: dict[str, Any] = {}
    capacity = asked.get("ReturnConsumedCapacity", "NONE")
    if capacity != "NONE":
        rest["ConsumedCapacity"] = written.consumed(target.written).answer(capacity)
    if asked.get("ReturnItemCollectionMetrics") == "SIZE":
        metrics = writes.collection_metrics(call.accounts.database, table, written.key, wanted)
        if metrics is not None:
            rest["ItemCollectionMetrics"] = metrics
    return rest


def prepare(call: Call, target: Target) -> Table:
    """Return the table to write to, without the items whose time has come."""
    table = target.readable(call)
    if table.expiry_attribute:
        store.drop_expired(call.accounts.database, table, call.now)
    return table
