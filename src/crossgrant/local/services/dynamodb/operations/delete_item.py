"""DeleteItem: one item by its key.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
"""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import given, members, values, writes
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.operations import writing
from crossgrant.local.services.dynamodb.operations.put_item import read_conditional, write_need
from crossgrant.local.services.dynamodb.shapes import Structure
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item
from crossgrant.local.services.dynamodb.writes import Conditional

MEMBERS = Structure(
    "DeleteItemInput",
    members.RETURN_CONSUMED_CAPACITY,
    members.TABLE_NAME,
    members.KEY,
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
class Delete:
    """A DeleteItem as read."""

    target: Target
    key: Item
    conditional: Conditional


def read(call: Call) -> Delete:
    """Check the request: parameters together, values, ReturnValues, conditions."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"])
    given.check_together(asked, ("ConditionExpression",), ("Expected", "ConditionalOperator"))
    key = asked["Key"]
    values.check_item(key)
    if asked.get("ReturnValues", "NONE") not in ("ALL_OLD", "NONE"):
        raise validation("ReturnValues can only be ALL_OLD or NONE")
    return Delete(target, key, read_conditional(asked))


def needs(call: Call, delete: Delete) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DeleteItem."""
    return (write_need(call, delete.target, "dynamodb:DeleteItem", delete.key, delete.conditional),)


def serve(call: Call, delete: Delete) -> Output | RawBody:
    """Delete the item."""
    table = writing.prepare(call, delete.target)
    written = writes.delete(call.accounts.database, table, delete.key, delete.conditional)
    returns_old = call.input.get("ReturnValues") == "ALL_OLD"
    return writing.answer(call, delete.target, table, delete.key, written, old=returns_old)


OPERATIONS = (Operation("DeleteItem", MEMBERS.names, read, needs, serve),)
