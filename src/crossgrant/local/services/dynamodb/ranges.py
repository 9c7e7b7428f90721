"""Items in order: of one partition, of an index's partition, or of a whole table or index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from crossgrant.local.services.dynamodb.expressions import Range
from crossgrant.local.services.dynamodb.keys import BUCKETS, Key
from crossgrant.local.services.dynamodb.table import Index, Table

if TYPE_CHECKING:
    from crossgrant.local.state import Database


class Start(NamedTuple):
    """Where a page begins: behind this item, and behind this place of the index when one is read."""

    item: Key
    entry: Key | None = None


# An item that was come by: the size that counts (of the index's entry, in an index), its text, its own size.
Row: TypeAlias = tuple[int, bytes, int]


class Segment(NamedTuple):
    """One of the equal parts of a parallel Scan."""

    number: int
    total: int


_ITEMS = "SELECT size, item, size FROM dynamodb_items WHERE table_id = ?"
# The join is told its order, so that the index's entries are walked and each item is looked up.
_ENTRIES = (
    "SELECT e.size, i.item, i.size FROM dynamodb_index_entries e CROSS JOIN dynamodb_items i"
    " ON i.table_id = e.table_id AND i.hash = e.item_hash AND i.range = e.item_range"
    " WHERE e.table_id = ? AND e.index_id = ?"
)


def query(  # noqa: PLR0913, PLR0917 - a Query's own parameters
    database: Database,
    table: Table,
    index: Index | None,
    hash_part: bytes,
    bounds: Range,
    start: Start | None,
    *,
    forward: bool,
) -> Iterator[Row]:
    """Yield the items of one partition whose sort key lies in `bounds`, in order of the sort key."""
    sql, values = _source(table, index)
    prefix = "" if index is None else "e."
    sql.append(f"AND {prefix}hash = ?")
    values.append(hash_part)
    if bounds.lower is not None:
        sql.append(f"AND {prefix}range {'>=' if bounds.lower_included else '>'} ?")
        values.append(bounds.lower)
    if bounds.upper is not None:
        sql.append(f"AND {prefix}range {'<=' if bounds.upper_included else '<'} ?")
        values.append(bounds.upper)
    sign, direction = (">", "") if forward else ("<", " DESC")
    if index is None:
        if start is not None:
            sql.append(f"AND range {sign} ?")
            values.append(start.item.range)
        sql.append(f"ORDER BY range{direction}")
    else:
        if start is not None and start.entry is not None:
            sql.append(f"AND (e.range, e.item_hash, e.item_range) {sign} (?, ?, ?)")
            values += [start.entry.range, *start.item]
        sql.append(f"ORDER BY e.range{direction}, e.item_hash{direction}, e.item_range{direction}")
    return _rows(database, sql, values)


def scan(
    database: Database, table: Table, index: Index | None, segment: Segment | None, start: Start | None
) -> Iterator[Row]:
    """Yield every item of the table or the index, or of one segment of it, in the order of the store."""
    sql, values = _source(table, index)
    prefix = "" if index is None else "e."
    if segment is not None:
        low, high = (-(-place * BUCKETS // segment.total) for place in (segment.number, segment.number + 1))
        sql.append(f"AND {prefix}hash >= ?")
        values.append(_bucket(low) if start is None else (start.entry or start.item).hash)
        if high < BUCKETS:
            sql.append(f"AND {prefix}hash < ?")
            values.append(_bucket(high))
    if index is None:
        if start is not None:
            sql.append("AND (hash, range) > (?, ?)")
            values += start.item
        sql.append("ORDER BY hash, range")
    else:
        if start is not None and start.entry is not None:
            sql.append("AND (e.hash, e.range, e.item_hash, e.item_range) > (?, ?, ?, ?)")
            values += [*start.entry, *start.item]
        sql.append("ORDER BY e.hash, e.range, e.item_hash, e.item_range")
    return _rows(database, sql, values)


def _bucket(number: int) -> bytes:
    """Return the least hash of a bucket; above the last bucket, one that no hash reaches."""
    return bytes((number,)) if number < BUCKETS else b"\xff" * 4096


def _source(table: Table, index: Index | None) -> tuple[list[str], list[Any]]:
    return ([_ITEMS], [table.id]) if index is None else ([_ENTRIES], [table.id, index.id])


def _rows(database: Database, sql: list[str], values: list[Any]) -> Iterator[Row]:
    return database.execute(" ".join(sql), values)


def collection_size(database: Database, table: Table, hash_part: bytes) -> int:
    """Return the size in bytes of an item collection: the items of one partition key, and their local index entries."""
    (items,) = database.execute(
        "SELECT coalesce(sum(size), 0) FROM dynamodb_items WHERE table_id = ? AND hash = ?", (table.id, hash_part)
    ).fetchone()
    total: int = items
    for index in table.indexes:
        if index.local:
            (entries,) = database.execute(
                "SELECT coalesce(sum(size), 0) FROM dynamodb_index_entries"
                " WHERE table_id = ? AND index_id = ? AND hash = ?",
                (table.id, index.id, hash_part),
            ).fetchone()
            total += entries
    return total
