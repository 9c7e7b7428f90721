"""PutItem: a whole item in place of the one with its key.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, legacy, members, writes
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.operations import writing
from crossgrant.local.services.dynamodb.shapes import Structure
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import ITEM_TOO_LARGE, MAX_ITEM_SIZE, Item, check_item
from crossgrant.local.services.dynamodb.writes import Conditional

MEMBERS = Structure(
    "PutItemInput",
    members.RETURN_CONSUMED_CAPACITY,
    members.TABLE_NAME,
    members.ITEM_MEMBER,
    members.CONDITIONAL_OPERATOR,
    members.EXPECTED,
    members.RETURN_VALUES,
    members.RETURN_ITEM_COLLECTION_METRICS,
    members.RETURN_ON_FAILURE,
    members.CONDITION_EXPRESSION,
    members.VALUES,
    members.NAMES,
)


@dataclass(frozen=True, slots=True)
class Put:
    """A PutItem as read."""

    target: Target
    item: Item
    size: int
    conditional: Conditional


def read(call: Call) -> Put:
    """Check the request: parameters together, values, ReturnValues, size, conditions."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"])
    given.check_together(asked, ("ConditionExpression",), ("Expected", "ConditionalOperator"))
    item = asked["Item"]
    size = check_item(item)
    if asked.get("ReturnValues", "NONE") not in ("ALL_OLD", "NONE"):
        raise validation("ReturnValues can only be ALL_OLD or NONE")
    if size > MAX_ITEM_SIZE:
        raise validation(ITEM_TOO_LARGE)
    return Put(target, item, size, read_conditional(asked))


def read_conditional(asked: dict[str, Any]) -> Conditional:
    """Return the condition of a put or a delete."""
    if "Expected" in asked or "ConditionalOperator" in asked:
        legacy.check_conditional_operator(asked, "Expected")
        legacy.check_expected(asked["Expected"])
        return writing.conditional(asked, None)
    if "ConditionExpression" not in asked:
        return writes.UNCONDITIONAL
    placeholders = given.placeholders(asked)
    conditional = writing.conditional(asked, placeholders)
    given.check_used(placeholders)
    return conditional


def needs(call: Call, put: Put) -> tuple[Need, ...]:
    """Return the decision on dynamodb:PutItem."""
    return (write_need(call, put.target, "dynamodb:PutItem", put.item, put.conditional),)


def write_need(call: Call, target: Target, action: str, item: Item, conditional: Conditional) -> Need:
    """Return the decision on a put or a delete of one item."""
    condition = conditional.condition
    context = access.writes(call.input, item, access.heads(condition.paths) if condition else ())
    return access.need(call, target, action, context, (item,))


def serve(call: Call, put: Put) -> Output | RawBody:
    """Put the item."""
    table = writing.prepare(call, put.target)
    returns_old = call.input.get("ReturnValues") == "ALL_OLD"
    written = writes.put(
        call.accounts.database,
        table,
        put.item,
        put.size,
        put.conditional,
        needs_old=returns_old or call.input.get("ReturnConsumedCapacity", "NONE") != "NONE",
    )
    return writing.answer(call, put.target, table, put.item, written, old=returns_old)


OPERATIONS = (Operation("PutItem", MEMBERS.names, read, needs, serve),)
