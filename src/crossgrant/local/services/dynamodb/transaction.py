"""Transactions: all of their items or none, with a reason for each when they are cancelled.

The database's own transaction undoes what was done; here the reasons are gathered, and tokens kept.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb import store
from crossgrant.local.services.dynamodb.capacity import Consumed, Wanted, read_units
from crossgrant.local.services.dynamodb.errors import EmptyKeyError, validation
from crossgrant.local.services.dynamodb.item_text import json_text
from crossgrant.local.services.dynamodb.keys import Key
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.values import item_size, size

if TYPE_CHECKING:
    from crossgrant.local.state import Database

T = TypeVar("T")
ByTable: TypeAlias = dict[str, Consumed]

MOST_ITEMS = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: the items together.
MOST_BYTES = 4 * 1024 * 1024
_ANSWER_OVERHEAD = 4
TOKEN_SECONDS = 600.0

_REASONS = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "ValidationException": "ValidationError",
    "DuplicateItemException": "DuplicateItem",
}


@dataclass(slots=True)
class Attempts:
    """What became of each item of a transaction: None where nothing is wrong with it, or its error."""

    errors: list[ServiceError | None] = field(default_factory=list)

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Act on one item; keep the error that cancels the transaction."""
        try:
            done = act()
        except EmptyKeyError:
            raise
        except ServiceError as error:
            if error.code not in _REASONS:
                raise
            self.errors.append(error)
            return None
        self.errors.append(None)
        return done

    def check(self) -> None:
        """Check that nothing is wrong with any item.

        Raises:
            ServiceError: TransactionCanceledException with a reason for each item.

        """
        if not any(self.errors):
            return
        reasons = [_reason(error) for error in self.errors]
        codes = ", ".join(reason["Code"] for reason in reasons)
        raise ServiceError(
            "TransactionCanceledException",
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
            members={"CancellationReasons": reasons},
        )


def _reason(error: ServiceError | None) -> dict[str, Any]:
    if error is None:
        return {"Code": "None"}
    return {"Code": _REASONS[error.code], "Message": error.message, **error.members}


def check_distinct(places: Iterable[tuple[int, Key | None]]) -> None:
    """Check that no item stands twice, by table and key; a key that doesn't fit its table is None.

    Raises:
        ServiceError: ValidationException.

    """
    known = [place for place in places if place[1] is not None]
    if len(set(known)) != len(known):
        raise validation("Transaction request cannot include multiple operations on one item")


def check_request_size(sizes: Iterable[int]) -> None:
    """Check what a transaction writes and tests; the text, and what counts, are DynamoDB Local's.

    Raises:
        ServiceError: ValidationException.

    """
    for total in accumulate(sizes):
        if total > MOST_BYTES:
            raise validation(f"Transaction payload size cannot exceed 4MB. Payload Size: {total}")


def request_size(asked: Mapping[str, Any]) -> int:
    """Return the size of an action without an item: its key, its expressions, and the names and values in them."""
    total = item_size(asked["Key"])
    for name in ("ConditionExpression", "UpdateExpression"):
        if name in asked:
            total += len(asked[name].encode())
    for text in asked.get("ExpressionAttributeNames", {}).values():
        total += len(text.encode())
    for value in asked.get("ExpressionAttributeValues", {}).values():
        total += size(value)
    return total


def check_answer_size(sizes: Iterable[int]) -> None:
    """Check what a transaction reads, the size of each item or 0; the text, and what counts, are DynamoDB Local's.

    Raises:
        ServiceError: ValidationException.

    """
    for total in accumulate(each + _ANSWER_OVERHEAD for each in sizes):
        if total > MOST_BYTES:
            raise validation(f"Payload in response is too large.{total}")


def read_again(
    database: Database, names: Sequence[str], tables: Sequence[Table], keys: Sequence[Key | None]
) -> ByTable:
    """Return what a repeated transaction consumes: it reads each item, as transactions read.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#API_TransactWriteItems_RequestParameters
    """
    consumed: ByTable = {}
    for name, table, key in zip(names, tables, keys, strict=True):
        stored = None if key is None else store.get(database, table, key)
        count(consumed, Consumed(name, 2 * read_units(stored.size if stored else 0, consistent=True)))
    return consumed


def capacities(consumed: ByTable, wanted: Wanted, kind: Literal["Read", "Write"]) -> dict[str, Any]:
    """Return an answer's ConsumedCapacity, or nothing when it isn't wanted."""
    if wanted == "NONE":
        return {}
    return {"ConsumedCapacity": [each.answer(wanted, kind) for each in consumed.values()]}


def count(consumed: dict[str, Consumed], more: Consumed) -> None:
    """Add what one item consumed to its table's."""
    if more.table_name in consumed:
        consumed[more.table_name].add(more)
    else:
        consumed[more.table_name] = more


def is_repeated(database: Database, account_id: str, token: str, request: list[Any], now: float) -> bool:
    """Say whether the transaction with this token was done before; if not, keep the token.

    Raises:
        ServiceError: the token was another request's.

    """
    database.execute("DELETE FROM dynamodb_transactions WHERE expires <= ?", (now,))
    digest = hashlib.sha256(json_text(request).encode()).digest()
    added = database.execute(
        "INSERT INTO dynamodb_transactions (account, token, expires, digest) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (account_id, token, now + TOKEN_SECONDS, digest),
    )
    if added.rowcount:
        return False
    (kept,) = database.execute(
        "SELECT digest FROM dynamodb_transactions WHERE account = ? AND token = ?", (account_id, token)
    ).fetchone()
    if kept != digest:
        raise ServiceError(
            "IdempotentParameterMismatchException",
            "DynamoDB rejected the request because you retried a request with a different payload but with an "
            "idempotent token that was already used.",
        )
    return True
