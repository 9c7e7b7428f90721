"""Scan: every item of a table or an index, or of one segment of it.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossgrant.local.operation import Access, Call, Need, Operation, Output, RawBody
from crossgrant.local.services.dynamodb import access, given, legacy, members, page, ranges, store
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import Condition, DocumentPath, condition, projection
from crossgrant.local.services.dynamodb.ranges import Segment
from crossgrant.local.services.dynamodb.shapes import Member, Structure, integer
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.writes import check_key_paths

_MOST_SEGMENTS = 1_000_000

MEMBERS = Structure(
    "ScanInput",
    members.LIMIT,
    members.RETURN_CONSUMED_CAPACITY,
    members.ATTRIBUTES_TO_GET,
    Member("Segment", integer(0, _MOST_SEGMENTS - 1)),
    members.SELECT,
    Member("ScanFilter", members.CONDITIONS),
    members.CONDITIONAL_OPERATOR,
    Member("TotalSegments", integer(1, _MOST_SEGMENTS)),
    members.TABLE_NAME,
    members.EXCLUSIVE_START_KEY,
    members.INDEX_NAME,
    members.CONSISTENT_READ,
    members.FILTER_EXPRESSION,
    members.PROJECTION_EXPRESSION,
    members.VALUES,
    members.NAMES,
)
_EXPRESSIONS = ("ProjectionExpression", "FilterExpression")
_LEGACY = ("AttributesToGet", "ScanFilter", "ConditionalOperator")


@dataclass(frozen=True, slots=True)
class Scan:
    """A Scan as read."""

    target: Target
    select: page.Select
    segment: Segment | None
    filter: Condition | None
    paths: tuple[DocumentPath, ...] | None


def read(call: Call) -> Scan:
    """Check the request: parameters together, AttributesToGet, the filter, the start key, segments, the expressions."""
    asked = call.input
    MEMBERS.check(asked)
    target = Target.of(call, asked["TableName"], asked.get("IndexName"))
    given.check_together(asked, _EXPRESSIONS, _LEGACY)
    paths = given.attributes_to_get(asked)
    legacy.check_conditional_operator(asked, "ScanFilter")
    legacy.check_conditions(asked.get("ScanFilter", {}))
    page.check_start_key(asked.get("ExclusiveStartKey", {}))
    select = page.read_select(asked, has_index="IndexName" in asked)
    segment = _segment(asked)
    placeholders = given.placeholders(asked)
    found = given.expression(asked, "FilterExpression", condition, placeholders)
    if found is None and asked.get("ScanFilter"):
        found = legacy.filter_of(asked["ScanFilter"], asked.get("ConditionalOperator", "AND"))
    if "ProjectionExpression" in asked:
        paths = given.expression(asked, "ProjectionExpression", projection, placeholders)
    given.check_used(placeholders)
    return Scan(target, select, segment, found, paths)


def _segment(asked: dict[str, Any]) -> Segment | None:
    number, total = asked.get("Segment"), asked.get("TotalSegments")
    if number is None and total is None:
        return None
    if total is None:
        raise validation(
            "The TotalSegments parameter is required but was not present in the request "
            "when Segment parameter is present"
        )
    if number is None:
        raise validation(
            "The Segment parameter is required but was not present in the request "
            "when parameter TotalSegments is present"
        )
    if number >= total:
        raise validation(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            f"Segment: {number} is not less than TotalSegments: {total}"
        )
    return Segment(number, total)


def needs(call: Call, scan: Scan) -> tuple[Need, ...]:
    """Return the decision on dynamodb:Scan of the table or the index; it has no leading keys."""
    tested = scan.filter.paths if scan.filter else ()
    context = access.reads(call.input, scan.select, access.heads(tested), access.heads(scan.paths or ()))
    if not context["dynamodb:Attributes"]:
        del context["dynamodb:Attributes"]
    return (access.need(call, scan.target, "dynamodb:Scan", context),)


def serve(call: Call, scan: Scan) -> Output | RawBody:
    """Read one page."""
    database, asked = call.accounts.database, call.input
    table = scan.target.readable(call)
    consistent = asked.get("ConsistentRead", False)
    index = page.readable_index(table, scan.target.index_name, call.now, consistent=consistent)
    start = page.start_of(table, index, asked["ExclusiveStartKey"]) if "ExclusiveStartKey" in asked else None
    for paths in (scan.paths, scan.filter.paths if scan.filter else None):
        if paths is not None:
            check_key_paths(table, paths)
    output = page.Output(table, index, scan.select, scan.paths)
    page.check_output(output)
    if table.expiry_attribute:
        store.drop_expired(database, table, call.now)
    rows = ranges.scan(database, table, index, scan.segment, start)
    found = page.read_page(rows, asked.get("Limit"), scan.filter, output, consistent=consistent)
    return page.answer(found, output, asked, scan.target.written)


OPERATIONS = (Operation("Scan", MEMBERS.names, read, needs, serve, Access.READS),)
