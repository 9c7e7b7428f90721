"""TransactGetItems: up to 100 items, read at one moment.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
"""

from __future__ import annotations

from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, item_text, members, store, transaction, values
from crossgrant.local.services.dynamodb.answer import with_responses
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.expressions import select
from crossgrant.local.services.dynamodb.keys import key_of
from crossgrant.local.services.dynamodb.operations.get_item import Get, read_context, read_projection
from crossgrant.local.services.dynamodb.operations.writing import prepare
from crossgrant.local.services.dynamodb.shapes import Member, Structure, list_of, structure
from crossgrant.local.services.dynamodb.target import Target

MEMBERS = Structure(
    "TransactGetItemsInput",
    members.RETURN_CONSUMED_CAPACITY,
    Member(
        "TransactItems",
        list_of(
            structure(
                "TransactGetItem",
                Member(
                    "Get",
                    structure(
                        "Get",
                        members.KEY,
                        members.TABLE_NAME,
                        members.PROJECTION_EXPRESSION,
                        members.NAMES,
                    ),
                    required=True,
                ),
            ),
            1,
            transaction.MOST_ITEMS,
        ),
        required=True,
    ),
)


def read(call: Call) -> tuple[Get, ...]:
    """Check the request, each Get in turn."""
    MEMBERS.check(call.input)
    return tuple(_read_get(call, each["Get"]) for each in call.input["TransactItems"])


def _read_get(call: Call, asked: dict[str, Any]) -> Get:
    target = Target.of(call, asked["TableName"])
    given.check_together(asked, ("ProjectionExpression",), ())
    values.check_item(asked["Key"])
    return Get(target, asked["Key"], read_projection(asked))


def needs(call: Call, gets: tuple[Get, ...]) -> tuple[Need, ...]:
    """Return one decision on dynamodb:GetItem for each item."""
    decisions = []
    for get in gets:
        context = read_context(call.input, get.paths, get.key)
        context["dynamodb:EnclosingOperation"] = "TransactGetItems"
        decisions.append(access.need(call, get.target, "dynamodb:GetItem", context, (get.key,)))
    return tuple(decisions)


def serve(call: Call, gets: tuple[Get, ...]) -> Output | RawBody:
    """Return the items in the order asked."""
    tables = [prepare(call, get.target) for get in gets]
    attempts = transaction.Attempts()
    places = [
        attempts.attempt(lambda get=get, table=table: key_of(table.key, get.key))  # type: ignore[misc]  # bound now
        for get, table in zip(gets, tables, strict=True)
    ]
    attempts.check()
    transaction.check_distinct((table.id, place) for table, place in zip(tables, places, strict=True))
    texts: list[bytes | None] = []
    sizes: list[int] = []
    consumed: dict[str, Consumed] = {}
    for get, table, place in zip(gets, tables, places, strict=True):
        assert place is not None
        stored = store.get(call.accounts.database, table, place)
        # A transaction's read costs two units for each 4 KB.
        units = 2 * read_units(stored.size if stored else 0, consistent=True)
        transaction.count(consumed, Consumed(get.target.written, units))
        if stored is None or get.paths is None:
            texts.append(stored.text if stored else None)
            sizes.append(stored.size if stored else 0)
        else:
            selected = select(item_text.decode(stored.text), get.paths)
            texts.append(item_text.encode(selected))
            sizes.append(values.item_size(selected))
    transaction.check_answer_size(sizes)
    wanted = call.input.get("ReturnConsumedCapacity", "NONE")
    rest = {} if wanted == "NONE" else {"ConsumedCapacity": [each.answer(wanted, "Read") for each in consumed.values()]}
    return with_responses(texts, rest)


OPERATIONS = (Operation("TransactGetItems", MEMBERS.names, read, needs, serve, Access.READS),)
