"""One SQLite database: a single connection, one writer, and transactions that join."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crossgrant.errors import CrossgrantError

SCHEMA_VERSION = 1
APPLICATION_ID = 0x43475254  # "CGRT": a file of ours, told from any other SQLite file


class StateError(CrossgrantError):
    """A state or snapshot file that can't be used."""


class Database:
    """The connection, and transactions on it.

    INVARIANT: only the gateway's event loop uses the connection, so that there is one writer.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.execute = connection.execute
        self._depth = 0

    @classmethod
    def open(cls, path: Path | None, schemas: tuple[str, ...]) -> Database:
        """Open the database, in memory when `path` is None, and lay the tables of `schemas`.

        A file is written with a write-ahead log and synchronous FULL: what was acknowledged survives a kill.
        https://www.sqlite.org/pragma.html#pragma_synchronous

        Raises:
            StateError: the file is damaged, of a newer version, locked by another gateway, or no state file.

        """
        connection = (
            sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            if path is None
            else _open_file(path)
        )
        connection.execute("PRAGMA foreign_keys = ON")
        for schema in schemas:
            connection.executescript(schema)
        return cls(connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside, or nothing of it; inside another transaction, join that one."""
        if self._depth:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            self.execute("ROLLBACK")
            raise
        self._depth -= 1
        self.execute("COMMIT")

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        row: tuple[Any, ...] | None = self.execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return every row."""
        return self.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close the connection; a file's write-ahead log is folded in."""
        self.connection.close()


def _open_file(path: Path) -> sqlite3.Connection:
    fresh = not path.exists() or path.stat().st_size == 0
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        if fresh:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        else:
            _check_file(path, connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StateError(f"`{path}` is in use by another gateway", help="stop it with `crossgrant down`") from None
        raise StateError(f"`{path}` can't be opened: {error}", help="check its folder, rights and space") from None
    except sqlite3.DatabaseError as error:
        raise StateError(f"`{path}` is damaged or no state file: {error}", help="name another --state file") from None
    except OSError as error:
        raise StateError(f"`{path}` can't be opened: {error.strerror}", help="check its folder and rights") from None
    return connection


def _check_file(path: Path, connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StateError(f"`{path}` is no crossgrant state file", help="name another --state file")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise StateError(
            f"`{path}` was written by a newer crossgrant (state version {version}, this one reads {SCHEMA_VERSION})",
            help="upgrade crossgrant; the file was not touched",
        )
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise StateError(f"`{path}` is damaged: {result}", help="restore a snapshot; the file was not touched")
