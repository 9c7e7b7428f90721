"""Items in the database: written with their index entries, and read in ranges, always by an index.

Every function runs inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb.capacity import write_units
from crossgrant.local.services.dynamodb.expiry import OLDEST_SECONDS, expires_at
from crossgrant.local.services.dynamodb.item_text import decode, encode
from crossgrant.local.services.dynamodb.keys import Key, check_index_keys, index_key
from crossgrant.local.services.dynamodb.table import Index, Table
from crossgrant.local.services.dynamodb.values import Item, item_size

if TYPE_CHECKING:
    from crossgrant.local.state import Database


class Stored(NamedTuple):
    """An item as it lies in the database: its size, and its DynamoDB JSON."""

    size: int
    text: bytes


IndexWrites = list[tuple[Index, float]]


def get(database: Database, table: Table, key: Key) -> Stored | None:
    """Return the item at `key`."""
    row = database.execute(
        "SELECT size, item FROM dynamodb_items WHERE table_id = ? AND hash = ? AND range = ?", (table.id, *key)
    ).fetchone()
    return None if row is None else Stored(*row)


def get_many(database: Database, table: Table, keys: Sequence[Key]) -> dict[tuple[bytes, bytes], Stored]:
    """Return the items at those of `keys` that have one, by their places."""
    places = ",".join(["(?,?)"] * len(keys))
    rows = database.execute(
        f"SELECT i.hash, i.range, i.size, i.item FROM (VALUES {places}) k CROSS JOIN dynamodb_items i"  # noqa: S608 - question marks
        " ON i.table_id = ? AND i.hash = k.column1 AND i.range = k.column2",
        (*chain.from_iterable(keys), table.id),
    )
    return {(hash_part, range_part): Stored(size, text) for hash_part, range_part, size, text in rows}


def put(database: Database, table: Table, key: Key, item: Item, size: int, old: Item | None) -> IndexWrites:  # noqa: PLR0913, PLR0917 - one row
    """Write an item in place of `old`, with its index entries; return the units that the indexes' writes consume.

    `old` may be left out (None) where the table has neither indexes nor an expiry attribute.
    """
    database.execute(
        "INSERT INTO dynamodb_items (table_id, hash, range, size, item) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET size = excluded.size, item = excluded.item",
        (table.id, *key, size, encode(item)),
    )
    return _reindex(database, table, key, old, item) if table.indexes or table.expiry_attribute else []


def put_many(database: Database, table: Table, puts: Sequence[tuple[Key, Item, int]]) -> None:
    """Write items, each with its place and size, to a table that has neither indexes nor an expiry attribute."""
    rows = ",".join(["(?,?,?,?,?)"] * len(puts))
    database.execute(
        f"INSERT INTO dynamodb_items (table_id, hash, range, size, item) VALUES {rows}"  # noqa: S608 - question marks
        " ON CONFLICT DO UPDATE SET size = excluded.size, item = excluded.item",
        [value for key, item, size in puts for value in (table.id, *key, size, encode(item))],
    )


def delete(database: Database, table: Table, key: Key, old: Item | None) -> IndexWrites:
    """Delete the item at `key`, which is `old`, with its index entries; return as `put`."""
    database.execute("DELETE FROM dynamodb_items WHERE table_id = ? AND hash = ? AND range = ?", (table.id, *key))
    return _reindex(database, table, key, old, None) if table.indexes or table.expiry_attribute else []


def _reindex(database: Database, table: Table, key: Key, old: Item | None, new: Item | None) -> IndexWrites:
    if table.expiry_attribute:
        _reschedule(database, table, key, old, new)
    writes: IndexWrites = []
    for index in table.indexes:
        before = None if old is None else index_entry(table, index, old)
        after = None if new is None else index_entry(table, index, new)
        if before == after:
            if old is not None and new is not None and before and _projected_change(table, index, old, new):
                writes.append((index, write_units(before.size)))
            continue
        if before is not None and (after is None or before.place != after.place):
            database.execute(
                "DELETE FROM dynamodb_index_entries WHERE table_id = ? AND index_id = ? AND hash = ? AND range = ?"
                " AND item_hash = ? AND item_range = ?",
                (table.id, index.id, *before.place, *key),
            )
        if after is not None:
            add_index_entry(database, table, index, key, after)
        if before is not None and after is not None and before.place == after.place:
            writes.append((index, write_units(before.size, after.size)))
        else:
            writes.append((index, sum(write_units(entry.size) for entry in (before, after) if entry)))
    return writes


@dataclass(frozen=True, slots=True)
class Entry:
    """An item's entry in an index: where it stands, and the size of what the index projects."""

    place: Key
    size: int


def index_entry(table: Table, index: Index, item: Item) -> Entry | None:
    """Return the item's entry in an index, or None when the index leaves it out."""
    place = index_key(index.key, item)
    return None if place is None else Entry(place, item_size(project(table, index, item)))


def project(table: Table, index: Index, item: Item) -> Item:
    """Return what an index holds of an item: the keys of both, and what is projected."""
    if index.projection == "ALL":
        return item
    kept = {*table.key.names, *index.key.names, *index.projected}
    return {name: value for name, value in item.items() if name in kept}


def _projected_change(table: Table, index: Index, old: Item, new: Item) -> bool:
    return project(table, index, old) != project(table, index, new)


def add_index_entry(database: Database, table: Table, index: Index, key: Key, entry: Entry) -> None:
    """Write an entry into an index."""
    database.execute(
        "INSERT INTO dynamodb_index_entries (table_id, index_id, hash, range, item_hash, item_range, size)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size",
        (table.id, index.id, *entry.place, *key, entry.size),
    )


def drop_index(database: Database, table: Table, index: Index) -> None:
    """Remove every entry of an index."""
    for rows in ("dynamodb_counts", "dynamodb_index_entries"):
        database.execute(f"DELETE FROM {rows} WHERE table_id = ? AND index_id = ?", (table.id, index.id))  # noqa: S608 - names of our own


def start_counts(database: Database, table_id: int, index_id: int) -> None:
    """Make the row that counts a table's items (index 0) or an index's entries."""
    database.execute("INSERT INTO dynamodb_counts (table_id, index_id) VALUES (?, ?)", (table_id, index_id))


def fill_index(database: Database, table: Table, index: Index) -> None:
    """Write the entries of a new index for every item of the table; items whose attributes don't fit are left out.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.ViolationDetection.html
    """
    start_counts(database, table.id, index.id)
    for key, text in every_item(database, table):
        item = decode(text)
        entry = index_entry(table, index, item)
        if entry is not None and not _violates(index, item):
            add_index_entry(database, table, index, key, entry)


def _violates(index: Index, item: Item) -> bool:
    try:
        check_index_keys(((index.name, index.key),), item)
    except ServiceError:
        return True
    return False


def every_item(database: Database, table: Table) -> Iterator[tuple[Key, bytes]]:
    """Yield each item's place and text."""
    rows = database.execute("SELECT hash, range, item FROM dynamodb_items WHERE table_id = ?", (table.id,))
    for hash_part, range_part, text in rows:
        yield Key(hash_part, range_part), text


def _reschedule(database: Database, table: Table, key: Key, old: Item | None, new: Item | None) -> None:
    assert table.expiry_attribute is not None
    before = None if old is None else expires_at(old, table.expiry_attribute)
    after = None if new is None else expires_at(new, table.expiry_attribute)
    if before == after:
        return
    if before is not None:
        database.execute(
            "DELETE FROM dynamodb_expirations WHERE table_id = ? AND at = ? AND hash = ? AND range = ?",
            (table.id, before, *key),
        )
    if after is not None:
        schedule(database, table, key, after)


def schedule(database: Database, table: Table, key: Key, at: int) -> None:
    """Note when an item expires."""
    database.execute(
        "INSERT OR REPLACE INTO dynamodb_expirations (table_id, at, hash, range) VALUES (?, ?, ?, ?)",
        (table.id, at, *key),
    )


def unschedule(database: Database, table: Table) -> None:
    """Forget when the table's items expire."""
    database.execute("DELETE FROM dynamodb_expirations WHERE table_id = ?", (table.id,))


def drop_expired(database: Database, table: Table, now: float) -> None:
    """Delete the items of the table whose time has come.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    due = database.execute(
        "SELECT hash, range FROM dynamodb_expirations WHERE table_id = ? AND at <= ? AND at > ?",
        (table.id, int(now), int(now) - OLDEST_SECONDS),
    ).fetchall()
    if not due:
        return
    with database.transaction():
        for place in due:
            key = Key(*place)
            stored = get(database, table, key)
            if stored is not None:
                delete(database, table, key, decode(stored.text))
