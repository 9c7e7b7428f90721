"""UpdateItem: changes to one item's attributes, which make the item when it isn't there.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, item_text, legacy, members, values, writes
from crossgrant.local.services.dynamodb.expressions import BoundUpdate, DocumentPath, select
from crossgrant.local.services.dynamodb.expressions import update as update_expression
from crossgrant.local.services.dynamodb.operations import writing
from crossgrant.local.services.dynamodb.shapes import Structure
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item
from crossgrant.local.services.dynamodb.writes import Conditional

MEMBERS = Structure(
    "UpdateItemInput",
    members.RETURN_CONSUMED_CAPACITY,
    members.TABLE_NAME,
    members.RETURN_ITEM_COLLECTION_METRICS,
    members.RETURN_VALUES,
    members.RETURN_ON_FAILURE,
    members.KEY,
    members.CONDITIONAL_OPERATOR,
    members.EXPECTED,
    members.ATTRIBUTE_UPDATES,
    members.CONDITION_EXPRESSION,
    members.UPDATE_EXPRESSION,
    members.VALUES,
    members.NAMES,
)


@dataclass(frozen=True, slots=True)
class Update:
    """An UpdateItem as read."""

    target: Target
    key: Item
    change: BoundUpdate | None
    conditional: Conditional


def read(call: Call) -> Update:
    """Check the request: parameters together, the key's values, legacy parameters, expressions."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"])
    given.check_together(
        asked, ("UpdateExpression", "ConditionExpression"), ("AttributeUpdates", "Expected", "ConditionalOperator")
    )
    key = asked["Key"]
    values.check_item(key)
    legacy.check_attribute_updates(asked.get("AttributeUpdates", {}))
    legacy.check_conditional_operator(asked, "Expected")
    legacy.check_expected(asked.get("Expected", {}))
    placeholders = given.placeholders(asked)
    change = given.expression(asked, "UpdateExpression", update_expression, placeholders)
    if change is None and "AttributeUpdates" in asked:
        change = legacy.attribute_updates(asked["AttributeUpdates"])
    conditional = writing.conditional(asked, placeholders)
    given.check_used(placeholders)
    return Update(target, key, change, conditional)


def needs(call: Call, update: Update) -> tuple[Need, ...]:
    """Return the decision on dynamodb:UpdateItem."""
    return (update_need(call, update.target, update.key, update.change, update.conditional),)


def update_need(call: Call, target: Target, key: Item, change: BoundUpdate | None, conditional: Conditional) -> Need:
    """Return the decision on an update of one item."""
    changed: tuple[DocumentPath, ...] = (*change.paths, *change.read_paths) if change else ()
    tested = conditional.condition.paths if conditional.condition else ()
    context = access.writes(call.input, key, access.heads(changed), access.heads(tested))
    return access.need(call, target, "dynamodb:UpdateItem", context, (key,))


def serve(call: Call, update: Update) -> Output | RawBody:
    """Update the item."""
    table = writing.prepare(call, update.target)
    written = writes.update(call.accounts.database, table, update.key, update.change, update.conditional)
    rest = writing.counts(call, update.target, table, update.key, written)
    paths = update.change.paths if update.change else ()
    returned: Item | None = None
    match call.input.get("ReturnValues"):
        case "ALL_NEW":
            returned = written.new
        case "UPDATED_NEW":
            assert written.new is not None
            returned = select(written.new, paths)
        case "ALL_OLD" if written.old_text is not None:
            returned = item_text.decode(written.old_text)
        case "UPDATED_OLD" if written.old_text is not None:
            returned = select(item_text.decode(written.old_text), paths)
    if returned:
        rest["Attributes"] = returned
    return rest


OPERATIONS = (Operation("UpdateItem", MEMBERS.names, read, needs, serve),)
