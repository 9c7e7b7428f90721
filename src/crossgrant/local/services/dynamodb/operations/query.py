"""Query: the items of one partition, in order of their sort key.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, legacy, members, page, ranges, store
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import (
    MOST_CONDITIONS,
    TOO_MANY_CONDITIONS,
    Condition,
    DocumentPath,
    KeyConditions,
    Placeholders,
    Range,
    condition,
    key_conditions,
    key_range,
    projection,
)
from crossgrant.local.services.dynamodb.keys import Key
from crossgrant.local.services.dynamodb.shapes import BOOLEAN, STRING, Member, Structure
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.writes import check_key_paths

MEMBERS = Structure(
    "QueryInput",
    members.LIMIT,
    members.EXCLUSIVE_START_KEY,
    members.RETURN_CONSUMED_CAPACITY,
    members.ATTRIBUTES_TO_GET,
    Member("QueryFilter", members.CONDITIONS),
    members.SELECT,
    members.CONDITIONAL_OPERATOR,
    Member("KeyConditions", members.CONDITIONS),
    members.TABLE_NAME,
    members.CONSISTENT_READ,
    members.INDEX_NAME,
    Member("ScanIndexForward", BOOLEAN),
    Member("KeyConditionExpression", STRING),
    members.FILTER_EXPRESSION,
    members.PROJECTION_EXPRESSION,
    members.VALUES,
    members.NAMES,
)
_EXPRESSIONS = ("ProjectionExpression", "FilterExpression", "KeyConditionExpression")
_LEGACY = ("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions")


@dataclass(frozen=True, slots=True)
class Query:
    """A Query as read."""

    target: Target
    select: page.Select
    keys: KeyConditions
    filter: Condition | None
    paths: tuple[DocumentPath, ...] | None


def read(call: Call) -> Query:
    """Check the request: parameters together, the filter, AttributesToGet, the start key, the expressions."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"], asked.get("IndexName"))
    given.check_together(asked, _EXPRESSIONS, _LEGACY)
    legacy.check_conditional_operator(asked, "QueryFilter")
    legacy.check_conditions(asked.get("QueryFilter", {}))
    paths = given.attributes_to_get(asked)
    page.check_start_key(asked.get("ExclusiveStartKey", {}))
    select = page.read_select(asked, has_index="IndexName" in asked)
    if "KeyConditions" not in asked and "KeyConditionExpression" not in asked:
        raise validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
        )
    placeholders = given.placeholders(asked)
    keys = _key_conditions(asked, placeholders)
    found = given.expression(asked, "FilterExpression", condition, placeholders)
    if found is None and asked.get("QueryFilter"):
        found = legacy.filter_of(asked["QueryFilter"], asked.get("ConditionalOperator", "AND"))
    if "ProjectionExpression" in asked:
        paths = given.expression(asked, "ProjectionExpression", projection, placeholders)
    given.check_used(placeholders)
    if not keys or (target.index_name is None and len(keys) > MOST_CONDITIONS):  # an index may have more attributes
        raise validation(TOO_MANY_CONDITIONS)
    return Query(target, select, keys, found, paths)


def _key_conditions(asked: dict[str, Any], placeholders: Placeholders) -> KeyConditions:
    stated = given.expression(asked, "KeyConditionExpression", key_conditions, placeholders)
    if stated is not None:
        return stated
    legacy.check_conditions(asked["KeyConditions"])
    return legacy.key_conditions(asked["KeyConditions"])


def needs(call: Call, query: Query) -> tuple[Need, ...]:
    """Return the decision on dynamodb:Query of the table or the index."""
    tested = query.filter.paths if query.filter else ()
    context = access.reads(call.input, query.select, query.keys, access.heads(tested), access.heads(query.paths or ()))
    keys = [{name: stated.values[0] for name, stated in query.keys.items() if stated.operator == "EQ"}]
    return (access.need(call, query.target, "dynamodb:Query", context, keys),)


def serve(call: Call, query: Query) -> Output | RawBody:
    """Read one page."""
    database, asked = call.accounts.database, call.input
    table = query.target.readable(call)
    consistent = asked.get("ConsistentRead", False)
    index = page.readable_index(table, query.target.index_name, call.now, consistent=consistent)
    schema = table.key if index is None else index.key
    start = page.start_of(table, index, asked["ExclusiveStartKey"]) if "ExclusiveStartKey" in asked else None
    hash_part, bounds = key_range(query.keys, schema, query.target.index_name)
    if start is not None:
        bounded = len(query.keys) > len(schema.hash)
        _check_start(start.item if index is None else start.entry, hash_part, bounds, bounded=bounded)
    _check_paths(table, query, schema.names)
    output = page.Output(table, index, query.select, query.paths)
    page.check_filter(table, index, query.filter)
    page.check_output(output)
    if table.expiry_attribute:
        store.drop_expired(database, table, call.now)
    rows = ranges.query(database, table, index, hash_part, bounds, start, forward=asked.get("ScanIndexForward", True))
    found = page.read_page(rows, asked.get("Limit"), query.filter, output, consistent=consistent)
    return page.answer(found, output, asked, query.target.written)


def _check_start(place: Key | None, hash_part: bytes, bounds: Range, *, bounded: bool) -> None:
    assert place is not None
    if bounded and not _lies_in(place.range, bounds):
        raise validation("The provided starting key does not match the range key predicate")
    if place.hash != hash_part:
        raise validation(
            "The query can return at most one row and cannot be restarted"
            if bounded
            else "The provided starting key is outside query boundaries based on provided conditions"
        )


def _lies_in(part: bytes, bounds: Range) -> bool:
    if bounds.lower is not None and (part < bounds.lower or (part == bounds.lower and not bounds.lower_included)):
        return False
    return bounds.upper is None or part < bounds.upper or (part == bounds.upper and bounds.upper_included)


def _check_paths(table: Table, query: Query, key_names: tuple[str, ...]) -> None:
    if query.paths is not None:
        check_key_paths(table, query.paths)
    if query.filter is None:
        return
    what = "Filter Expression" if query.filter.by_expression else "QueryFilter"
    heads = set(access.heads(query.filter.paths))
    for name in key_names:
        if name in heads:
            raise validation(f"{what} can only contain non-primary key attributes: Primary key attribute: {name}")
    check_key_paths(table, query.filter.paths)


OPERATIONS = (Operation("Query", MEMBERS.names, read, needs, serve, Access.READS),)
