"""Where the tables are found, by account, Region and name.

A table's row is read at each call, and its text parsed once: the cache is keyed by the text itself, so that no change,
rollback or loaded snapshot can leave a stale table behind.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crossgrant.local.services.dynamodb.table import Table, from_json, to_json

if TYPE_CHECKING:
    from crossgrant.local.state import Database

_parsed = lru_cache(maxsize=4096)(from_json)


def find(database: Database, account_id: str, region: str, name: str, now: float) -> Table | None:
    """Return the table, or None when there is none; one being deleted is returned until it is gone."""
    row = database.execute(
        "SELECT id, definition, gone_at FROM dynamodb_tables WHERE account = ? AND region = ? AND name = ?",
        (account_id, region, name),
    ).fetchone()
    if row is None or (row[2] is not None and row[2] <= now):
        return None
    return _parsed(row[0], account_id, region, name, row[1])


def names(  # noqa: PLR0913, PLR0917 - where, and which page
    database: Database, account_id: str, region: str, after: str, limit: int, now: float
) -> list[str]:
    """Return up to `limit` names of tables, in order, that come after `after`."""
    rows = database.execute(
        "SELECT name FROM dynamodb_tables WHERE account = ? AND region = ? AND name > ?"
        " AND (gone_at IS NULL OR gone_at > ?) ORDER BY name LIMIT ?",
        (account_id, region, after, now, limit),
    )
    return [name for (name,) in rows]


def insert(database: Database, table: Table, now: float) -> Table:
    """Keep a new table and return it with the id it was given; rows of deleted tables are cleared away."""
    database.execute("DELETE FROM dynamodb_tables WHERE gone_at <= ?", (now,))
    cursor = database.execute(
        "INSERT INTO dynamodb_tables (account, region, name, definition) VALUES (?, ?, ?, ?)",
        (table.account_id, table.region, table.name, to_json(table)),
    )
    assert cursor.lastrowid is not None
    return replace(table, id=cursor.lastrowid)


def update(database: Database, table: Table) -> None:
    """Keep a changed table."""
    database.execute("UPDATE dynamodb_tables SET definition = ? WHERE id = ?", (to_json(table), table.id))


def remove(database: Database, table: Table, gone_at: float) -> None:
    """Drop the table's items now, and the table itself at `gone_at`."""
    for rows in ("dynamodb_counts", "dynamodb_items", "dynamodb_index_entries", "dynamodb_expirations"):
        database.execute(f"DELETE FROM {rows} WHERE table_id = ?", (table.id,))  # noqa: S608 - names of our own
    database.execute(
        "UPDATE dynamodb_tables SET definition = ?, gone_at = ? WHERE id = ?", (to_json(table), gone_at, table.id)
    )


def clear(database: Database, table: Table) -> None:
    """Drop the row of a deleted table."""
    database.execute("DELETE FROM dynamodb_tables WHERE id = ?", (table.id,))
