"""The gateway's own tables: which accounts it embeds, and how far its clock was moved."""

from __future__ import annotations

from crossgrant.local.state import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS crossgrant_accounts (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crossgrant_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    advanced REAL NOT NULL
) STRICT;
"""


def keep_clock(database: Database, advanced: float) -> None:
    """Store how many seconds the clock was moved forward."""
    database.execute("INSERT OR REPLACE INTO crossgrant_clock VALUES (1, ?)", (advanced,))


def kept_clock(database: Database) -> float:
    """Return how many seconds the clock was moved forward."""
    row = database.one("SELECT advanced FROM crossgrant_clock")
    return 0.0 if row is None else row[0]


def keep_accounts(database: Database, names: dict[str, str]) -> dict[str, str]:
    """Store the named accounts beside those a state file already holds, and return all of them."""
    for name, account_id in names.items():
        database.execute("DELETE FROM crossgrant_accounts WHERE name = ? OR id = ?", (name, account_id))
        database.execute("INSERT INTO crossgrant_accounts VALUES (?, ?)", (name, account_id))
    stored = dict(database.all("SELECT name, id FROM crossgrant_accounts ORDER BY name"))
    return {**names, **stored}
