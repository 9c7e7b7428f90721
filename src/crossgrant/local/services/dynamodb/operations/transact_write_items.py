"""TransactWriteItems: up to 100 writes and checks, all or none.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crossgrant.local.operation import Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import access, given, members, transaction, values, writes
from crossgrant.local.services.dynamodb.capacity import Consumed
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import update as update_expression
from crossgrant.local.services.dynamodb.keys import index_key
from crossgrant.local.services.dynamodb.operations import writing
from crossgrant.local.services.dynamodb.shapes import STRING, Member, Structure, list_of, string, structure
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import ITEM_TOO_LARGE, MAX_ITEM_SIZE, Item, check_item
from crossgrant.local.services.dynamodb.writes import Conditional, Written

if TYPE_CHECKING:
    from crossgrant.local.state import Database

_CONDITION = (
    members.TABLE_NAME,
    members.VALUES,
    members.NAMES,
    members.RETURN_ON_FAILURE,
    members.CONDITION_EXPRESSION,
)
MEMBERS = Structure(
    "TransactWriteItemsInput",
    members.RETURN_CONSUMED_CAPACITY,
    members.RETURN_ITEM_COLLECTION_METRICS,
    Member("ClientRequestToken", string(1, 36)),
    Member(
        "TransactItems",
        list_of(
            structure(
                "TransactWriteItem",
                Member("Put", structure("Put", *_CONDITION, members.ITEM_MEMBER)),
                Member(
                    "Update",
                    structure("Update", *_CONDITION, members.KEY, members.UPDATE_EXPRESSION._replace(required=True)),
                ),
                Member("Delete", structure("Delete", *_CONDITION, members.KEY)),
                Member(
                    "ConditionCheck",
                    structure(
                        "ConditionCheck",
                        *_CONDITION[:-1],
                        Member("ConditionExpression", STRING, required=True),
                        members.KEY,
                    ),
                ),
            ),
            1,
            transaction.MOST_ITEMS,
        ),
        required=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Write:
    """One of the transaction's writes or checks: what it acts on, the decision it needs, and how it acts."""

    target: Target
    item: Item
    size: int
    need: Callable[[Call], Need]
    act: Callable[[Database, Table], Written]


def read(call: Call) -> tuple[Write, ...]:
    """Check the request, each write in turn, and the size of all."""
    MEMBERS.check(call.input)
    wanted = tuple(_read_write(call, each) for each in call.input["TransactItems"])
    transaction.check_request_size(write.size for write in wanted)
    return wanted


def _read_write(call: Call, each: dict[str, Any]) -> Write:
    if len(each) != 1:
        raise validation("TransactItems can only contain one of Check, Put, Update or Delete")
    ((kind, asked),) = each.items()
    target = Target.of(call, asked["TableName"])
    return _READERS[kind](target, asked)


def _read_put(target: Target, asked: dict[str, Any]) -> Write:
    item = asked["Item"]
    size = check_item(item)
    if size > MAX_ITEM_SIZE:
        raise validation(ITEM_TOO_LARGE)
    conditional = _conditional(asked)
    return Write(
        target,
        item,
        size,
        lambda call: _need(call, target, "dynamodb:PutItem", item, conditional),
        lambda database, table: writes.put(database, table, item, size, conditional, needs_old=True),
    )


def _read_update(target: Target, asked: dict[str, Any]) -> Write:
    key = _key(asked)
    placeholders = given.placeholders(asked)
    change = given.expression(asked, "UpdateExpression", update_expression, placeholders)
    conditional = writing.conditional(asked, placeholders)
    given.check_used(placeholders)
    changed = (*change.paths, *change.read_paths) if change else ()
    return Write(
        target,
        key,
        transaction.request_size(asked),
        lambda call: _need(call, target, "dynamodb:UpdateItem", key, conditional, access.heads(changed)),
        lambda database, table: writes.update(database, table, key, change, conditional),
    )


def _read_delete(target: Target, asked: dict[str, Any]) -> Write:
    key, conditional = _key(asked), _conditional(asked)
    return Write(
        target,
        key,
        transaction.request_size(asked),
        lambda call: _need(call, target, "dynamodb:DeleteItem", key, conditional),
        lambda database, table: writes.delete(database, table, key, conditional),
    )


def _read_check(target: Target, asked: dict[str, Any]) -> Write:
    key, conditional = _key(asked), _conditional(asked)
    return Write(
        target,
        key,
        transaction.request_size(asked),
        lambda call: _need(call, target, "dynamodb:ConditionCheckItem", key, conditional),
        lambda database, table: writes.check_condition(database, table, key, conditional),
    )


_READERS: dict[str, Callable[[Target, dict[str, Any]], Write]] = {
    "Put": _read_put,
    "Update": _read_update,
    "Delete": _read_delete,
    "ConditionCheck": _read_check,
}


def _key(asked: dict[str, Any]) -> Item:
    key: Item = asked["Key"]
    values.check_item(key)
    return key


def _conditional(asked: dict[str, Any]) -> Conditional:
    given.check_together(asked, ("ConditionExpression",), ())
    placeholders = given.placeholders(asked)
    conditional = writing.conditional(asked, placeholders)
    given.check_used(placeholders)
    return conditional


def _need(  # noqa: PLR0913, PLR0917 - one decision
    call: Call, target: Target, action: str, item: Item, conditional: Conditional, changed: Any = ()
) -> Need:
    tested = conditional.condition.paths if conditional.condition else ()
    context = access.writes(call.input, item, changed, access.heads(tested))
    if action != "dynamodb:ConditionCheckItem":
        context["dynamodb:EnclosingOperation"] = "TransactWriteItems"
    return access.need(call, target, action, context, (item,))


def needs(call: Call, wanted: tuple[Write, ...]) -> tuple[Need, ...]:
    """Return one decision for each write or check: there is no action for a transaction."""
    return tuple(write.need(call) for write in wanted)


def serve(call: Call, wanted: tuple[Write, ...]) -> Output:
    """Do every write, or none and say why for each."""
    database, asked = call.accounts.database, call.input
    tables = [writing.prepare(call, write.target) for write in wanted]
    keys = [index_key(table.key, write.item) for write, table in zip(wanted, tables, strict=True)]
    transaction.check_distinct((table.id, key) for table, key in zip(tables, keys, strict=True))
    token = asked.get("ClientRequestToken")
    if token is not None and transaction.is_repeated(
        database, call.account_id, token, asked["TransactItems"], call.now
    ):
        names = [write.target.written for write in wanted]
        again = transaction.read_again(database, names, tables, keys)
        return transaction.capacities(again, asked.get("ReturnConsumedCapacity", "NONE"), "Read")
    attempts = transaction.Attempts()
    done = [
        attempts.attempt(lambda write=write, table=table: write.act(database, table))  # type: ignore[misc]  # bound now
        for write, table in zip(wanted, tables, strict=True)
    ]
    attempts.check()
    return _answer(call, wanted, tables, [written for written in done if written is not None])


def _answer(call: Call, wanted: tuple[Write, ...], tables: list[Table], done: list[Written]) -> dict[str, Any]:
    """Return capacities and metrics."""
    consumed: dict[str, Consumed] = {}
    for write, written in zip(wanted, done, strict=True):
        transaction.count(consumed, written.consumed(write.target.written, factor=2))
    answer = transaction.capacities(consumed, call.input.get("ReturnConsumedCapacity", "NONE"), "Write")
    if call.input.get("ReturnItemCollectionMetrics") == "SIZE":
        metrics: dict[str, list[Any]] = {}
        for write, table, written in zip(wanted, tables, done, strict=True):
            found = writes.collection_metrics(call.accounts.database, table, written.key, write.item)
            if found is not None:
                metrics.setdefault(write.target.written, []).append(found)
        answer["ItemCollectionMetrics"] = metrics
    return answer


OPERATIONS = (Operation("TransactWriteItems", MEMBERS.names, read, needs, serve),)
