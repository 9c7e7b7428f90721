"""One page of a Query or a Scan: up to Limit items or 1 MB are read, filtered, and projected.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from crossgrant.local.operation import RawBody, ServiceError
from crossgrant.local.services.dynamodb import item_text, store
from crossgrant.local.services.dynamodb.answer import with_items
from crossgrant.local.services.dynamodb.capacity import Consumed, read_units
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.expressions import Condition, DocumentPath, select
from crossgrant.local.services.dynamodb.keys import index_key, key_of
from crossgrant.local.services.dynamodb.ranges import Row, Start
from crossgrant.local.services.dynamodb.table import Index, Table
from crossgrant.local.services.dynamodb.values import Item, check

Select = Literal["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"]

PAGE_SIZE = 1024 * 1024

STARTING_KEY = "The provided starting key is invalid"


@dataclass(slots=True)
class Page:
    """What was read: the texts of the items that passed the filter, and what is counted."""

    texts: list[bytes] = field(default_factory=list)
    count: int = 0
    scanned: int = 0
    size: int = 0
    fetched_units: float = 0.0
    last: Item | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What a page shows of each item: paths, or what the index holds, or all."""

    table: Table
    index: Index | None
    select: Select
    paths: tuple[DocumentPath, ...] | None

    @property
    def fetches(self) -> bool:
        """Whether a read of a local index needs the items themselves, which costs a read of each."""
        if self.index is None or self.index.projection == "ALL":
            return False
        if self.select == "ALL_ATTRIBUTES":
            return True
        return self.paths is not None and bool(self.unprojected())

    def unprojected(self) -> list[str]:
        """Return the attributes asked for that the index doesn't hold."""
        if self.index is None or self.index.projection == "ALL" or self.paths is None:
            return []
        return _unprojected(self.table, self.index, self.paths)

    @property
    def whole(self) -> bool:
        """Whether an item's text is shown as it lies in the store."""
        if self.paths is not None:
            return False
        return self.index is None or self.index.projection == "ALL" or self.select == "ALL_ATTRIBUTES"

    def shown(self, item: Item) -> Item:
        """Return what is shown of an item."""
        if self.paths is not None:
            return select(item, self.paths)
        assert self.index is not None
        return store.project(self.table, self.index, item)


def _unprojected(table: Table, index: Index, paths: Iterable[DocumentPath]) -> list[str]:
    held = {*table.key.names, *index.key.names, *index.projected}
    return [str(path[0]) for path in paths if path[0] not in held]


def check_filter(table: Table, index: Index | None, condition: Condition | None) -> None:
    """Check that an index holds all that the filter of a Query tests; a Scan's filter finds nothing there instead.

    Raises:
        ServiceError: AWS's text.

    """
    if index is None or index.projection == "ALL" or condition is None:
        return
    missing = dict.fromkeys(_unprojected(table, index, condition.paths))
    if missing:
        raise invalid_parameter(
            f"Secondary index {index.name} does not project one or more filter attributes: [{', '.join(missing)}]"
        )


def read_page(
    rows: Iterator[Row], limit: int | None, condition: Condition | None, output: Output, *, consistent: bool
) -> Page:
    """Read one page off `rows`."""
    page = Page()
    counts_only, whole, fetches = output.select == "COUNT", output.whole, output.fetches
    as_they_lie = condition is None and (whole or counts_only)
    scanned = size = 0
    text = b""
    for entry_size, text, item_size in islice(rows, limit):
        scanned += 1
        size += entry_size
        if fetches:
            page.fetched_units += read_units(item_size, consistent=consistent)
        if as_they_lie:
            page.texts.append(text)
        else:
            item = item_text.decode(text)
            if condition is None or condition.test(_visible(item, output)):
                page.texts.append(text if whole or counts_only else item_text.encode(output.shown(item)))
        if size > PAGE_SIZE:
            break
    page.scanned, page.size, page.count = scanned, size, len(page.texts)
    if scanned and (scanned == limit or size > PAGE_SIZE):
        page.last = start_key(output.table, output.index, item_text.decode(text))
    return page


def _visible(item: Item, output: Output) -> Item:
    """Return what a filter sees: of an index's entry, only what the index holds, unless the item is fetched."""
    if output.index is None or output.index.projection == "ALL" or output.fetches:
        return item
    return store.project(output.table, output.index, item)


def start_key(table: Table, index: Index | None, item: Item) -> Item:
    """Return the key from which the page after `item` starts: of the table, and of the index."""
    names = dict.fromkeys((*table.key.names, *(index.key.names if index else ())))
    return {name: item[name] for name in names}


def check_start_key(key: Item) -> None:
    """Check the values of an ExclusiveStartKey.

    Raises:
        ServiceError: AWS's text.

    """
    for value in key.values():
        try:
            check(value)
        except ServiceError as error:
            raise validation(f"{STARTING_KEY}: {error.message}") from None


def start_of(table: Table, index: Index | None, key: Item) -> Start:
    """Return the place that an ExclusiveStartKey names.

    Raises:
        ServiceError: it doesn't fit the keys of the table and the index.

    """
    names = {*table.key.names, *(index.key.names if index else ())}
    if set(key) != names:
        raise validation(STARTING_KEY)
    for schema in (table.key, *((index.key,) if index else ())):
        for attribute in schema.attributes:
            if attribute.type not in key[attribute.name]:
                raise validation(STARTING_KEY)
    item_key = key_of(table.key, {name: key[name] for name in table.key.names})
    return Start(item_key, None if index is None else index_key(index.key, key))


def readable_index(table: Table, name: str | None, now: float, *, consistent: bool) -> Index | None:
    """Return the index that a read names, or None when it names none.

    Raises:
        ServiceError: there is no such index, it isn't ready, or it can't be read consistently.

    """
    if name is None:
        return None
    index = table.index(name)
    if index is None:
        raise validation(f"The table does not have the specified index: {name}")
    if index.status(now) == "CREATING":
        raise validation(f"Cannot read from backfilling global secondary index: {name}")
    if consistent and not index.local:
        raise validation("Consistent reads are not supported on global secondary indexes")
    return index


def read_select(asked: dict[str, Any], *, has_index: bool) -> Select:
    """Return what a Query or Scan selects, by Select or by what else it asks for.

    Raises:
        ServiceError: the parameters contradict each other.

    """
    chosen: Select | None = asked.get("Select")
    projected = next((name for name in ("ProjectionExpression", "AttributesToGet") if name in asked), None)
    if chosen is None:
        if projected:
            return "SPECIFIC_ATTRIBUTES"
        return "ALL_PROJECTED_ATTRIBUTES" if has_index else "ALL_ATTRIBUTES"
    if chosen == "SPECIFIC_ATTRIBUTES":
        if projected is None:
            raise validation(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
            )
    elif projected is not None:
        shown = "only the Count" if chosen == "COUNT" else chosen
        raise validation(f"Cannot specify the {projected} when choosing to get {shown}")
    if chosen == "ALL_PROJECTED_ATTRIBUTES" and not has_index:
        raise invalid_parameter("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
    return chosen


def check_output(output: Output) -> None:
    """Check that a global index holds all that is asked of it: it can't fetch from the table.

    Raises:
        ServiceError: AWS's text.

    """
    index = output.index
    if index is None or index.local or index.projection == "ALL":
        return
    if output.select == "ALL_ATTRIBUTES":
        raise invalid_parameter(
            f"Select type ALL_ATTRIBUTES is not supported for global secondary index {index.name} "
            "because its projection type is not ALL"
        )
    missing = output.unprojected()
    if missing:
        raise invalid_parameter(f"Global secondary index {index.name} does not project [{', '.join(missing)}]")


def answer(page: Page, output: Output, asked: dict[str, Any], written_name: str) -> RawBody | dict[str, Any]:
    """Return the answer that shows a page."""
    rest: dict[str, Any] = {"Count": page.count, "ScannedCount": page.scanned}
    if page.last is not None:
        rest["LastEvaluatedKey"] = page.last
    wanted = asked.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        units = read_units(page.size, consistent=asked.get("ConsistentRead", False))
        consumed = Consumed(written_name, units if output.index is None else page.fetched_units)
        if output.index is not None:
            consumed.add_index(output.index, units)
        rest["ConsumedCapacity"] = consumed.answer(wanted)
    return rest if output.select == "COUNT" else with_items(page.texts, rest)
