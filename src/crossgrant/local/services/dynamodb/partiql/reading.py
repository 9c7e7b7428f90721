"""SELECT: a Query where the clause names partition keys, else a Scan.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Call, Need
from crossgrant.local.services.dynamodb import access, item_text, page, ranges
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import (
    Condition,
    DocumentPath,
    KeyCondition,
    KeyConditions,
    Range,
    bound_condition,
    check_tree,
    key_range,
    resolve,
)
from crossgrant.local.services.dynamodb.keys import KeySchema, encoded
from crossgrant.local.services.dynamodb.partiql import conjuncts
from crossgrant.local.services.dynamodb.partiql.statement import Parsed, Select
from crossgrant.local.services.dynamodb.ranges import Row, Start
from crossgrant.local.services.dynamodb.table import Index, Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item, Value

# AWS documents no PartiQL for such an index; the text is DynamoDB Local's.
_SEVERAL_ATTRIBUTES = (
    "PartiQL statements cannot be executed on tables with composite HASH keys or composite RANGE keys."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A SELECT, ready to run."""

    select: Select
    parsed: Parsed
    target: Target
    condition: Condition | None


def reading(call: Call, select: Select, parsed: Parsed) -> Reading:
    """Return a SELECT with its clause bound.

    Raises:
        ServiceError: the clause isn't well formed.

    """
    found = None
    if select.where is not None:
        check_tree("condition", select.where)
        found = bound_condition(select.where, parsed.placeholders)
    seen = set()
    for label in map(_label, select.paths or ()):
        if label in seen:
            raise validation(f"Duplicate identifiers in select clause: {label}")
        seen.add(label)
    return Reading(select, parsed, Target.of(call, select.source.table, select.source.index), found)


def need(call: Call, read: Reading) -> Need:
    """Return the decision on dynamodb:PartiQLSelect."""
    where, placeholders = read.select.where, read.parsed.placeholders
    tested = read.condition.paths if read.condition else ()
    select = "ALL_ATTRIBUTES" if read.select.paths is None else "SPECIFIC_ATTRIBUTES"
    context = access.reads(call.input, select, access.heads(tested), access.heads(read.select.paths or ()))
    if not context["dynamodb:Attributes"]:
        del context["dynamodb:Attributes"]
    table = read.target.look_up(call)
    keys: list[Item] = []
    if table is not None:
        index = table.index(read.select.source.index) if read.select.source.index else None
        name = (index or table).key.names[0]
        values = conjuncts.key_values(where, placeholders, name)
        context["dynamodb:FullTableScan"] = values is None
        keys = [{name: value} for value in values or ()]
    return access.need(call, read.target, "dynamodb:PartiQLSelect", context, keys)


def run(  # noqa: PLR0913 - a page
    call: Call, read: Reading, table: Table, *, limit: int | None, consistent: bool, token: str | None
) -> tuple[page.Page, page.Output]:
    """Read one page."""
    index = _index(call, read.select, table, consistent=consistent)
    schema = (index or table).key
    if schema.has_several:
        raise validation(_SEVERAL_ATTRIBUTES)
    last = _key_of_token(token, read.select) if token is not None else None
    output = page.Output(table, index, "ALL_PROJECTED_ATTRIBUTES" if index else "ALL_ATTRIBUTES", None)
    if index is not None and read.select.paths is not None:
        heads = tuple((str(path[0]),) for path in read.select.paths)
        output = page.Output(table, index, "SPECIFIC_ATTRIBUTES", heads)
        page.check_output(output)
    rows = _rows(call, read, table, index, schema, last)
    found = page.read_page(rows, limit, read.condition, output, consistent=consistent)
    return found, output


def _index(call: Call, select: Select, table: Table, *, consistent: bool) -> Index | None:
    """Return the index that a SELECT names, or None; errors as `page.readable_index`, in PartiQL's words."""
    name = select.source.index
    if name is not None:
        index = table.index(name)
        if index is None:
            raise validation("The table does not have the specified index")
        if consistent and not index.local:
            raise validation("Strongly consistent read is not supported on Global Secondary Indexes")
    return page.readable_index(table, name, call.now, consistent=consistent)


def _rows(  # noqa: PLR0913, PLR0917 - what is read, and from where
    call: Call, read: Reading, table: Table, index: Index | None, schema: KeySchema, last: Item | None
) -> Iterator[Row]:
    database, placeholders, where = call.accounts.database, read.parsed.placeholders, read.select.where
    conjuncts.check_types(conjuncts.equalities(where, placeholders), schema)
    start = None if last is None else page.start_of(table, index, last)
    hash_name = schema.names[0]
    hashes = conjuncts.key_values(where, placeholders, hash_name)
    order = _order(read.select, schema, hashes)
    if hashes is None:
        return ranges.scan(database, table, index, None, start)
    page.check_filter(table, index, read.condition)
    if hash_name in order:
        kind = schema.attributes[0].type
        hashes = sorted(hashes, key=lambda value: encoded(kind, value[kind]), reverse=not order[hash_name])
    forward = next((ascending for name, ascending in order.items() if name != hash_name), True)
    if last is not None:
        hashes = hashes[next((at for at, value in enumerate(hashes) if value == last[hash_name]), 0) :]
    return _partitions(call, table, index, _bounds(read, schema, hashes), start, forward=forward)


def _partitions(  # noqa: PLR0913 - what is read, and from where
    call: Call,
    table: Table,
    index: Index | None,
    bounds: list[tuple[bytes, Range]],
    start: Start | None,
    *,
    forward: bool,
) -> Iterator[Row]:
    for hash_part, bound in bounds:
        yield from ranges.query(call.accounts.database, table, index, hash_part, bound, start, forward=forward)
        start = None


def _bounds(read: Reading, schema: KeySchema, hashes: list[Value]) -> list[tuple[bytes, Range]]:
    hash_name, *range_names = schema.names
    ranged: KeyConditions = {}
    for name in range_names:
        stated = conjuncts.range_condition(read.select.where, read.parsed.placeholders, name)
        if stated is not None:
            ranged[name] = stated
    index_name = read.select.source.index
    return [key_range({hash_name: KeyCondition("EQ", (value,)), **ranged}, schema, index_name) for value in hashes]


def _order(select: Select, schema: KeySchema, hashes: list[Value] | None) -> dict[str, bool]:
    """Return the key attributes that ORDER BY names, and whether each ascends."""
    if select.order and select.where is None:
        raise validation("Must have WHERE clause in the statement when using ORDER BY clause.")
    if select.order and hashes is None:
        raise validation(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )
    for name, _ in select.order:
        if name not in schema.names:
            raise validation(f"Variable reference {name} in ORDER BY clause must be part of the primary key")
    return dict(select.order)


def _key_of_token(token: str, select: Select) -> Item:
    try:
        held = json.loads(b64decode(token, validate=True))
    except (ValueError, binascii.Error):
        raise validation("Given invalid NextToken") from None
    if not isinstance(held, dict) or held.get("of") != _source(select) or not isinstance(held.get("key"), dict):
        raise validation("Given invalid NextToken")
    key: Item = held["key"]
    return key


def _source(select: Select) -> list[str | None]:
    return [select.source.table, select.source.index]


def next_token(read: Reading, found: page.Page) -> str | None:
    """Return the token of the next page of the same table or index, None for no next one."""
    if found.last is None:
        return None
    return b64encode(json.dumps({"of": _source(read.select), "key": found.last}).encode()).decode()


def shown(read: Reading, text: bytes) -> Item:
    """Return what a SELECT shows of an item: each path under its last name."""
    item: Item = item_text.decode(text)
    if read.select.paths is None:
        return item
    labelled = ((_label(path), resolve(item, path)) for path in read.select.paths)
    return {label: value for label, value in labelled if value is not None}


def _label(path: DocumentPath) -> str:
    """Return the name that a path has in the answer: its last name, with the list indexes behind it."""
    at = max(place for place, part in enumerate(path) if isinstance(part, str))
    return str(path[at]) + "".join(f"[{part}]" for part in path[at + 1 :])


def answer(read: Reading, found: page.Page) -> dict[str, Any]:
    """Return the members of an answer that shows a page."""
    shown_items = [shown(read, text) for text in found.texts]
    members: dict[str, Any] = {"Items": shown_items}
    token = next_token(read, found)
    if token is not None:
        members["NextToken"] = token
        members["LastEvaluatedKey"] = found.last
    return members
