"""One SQLite database: a single connection, one writer, and transactions that join."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crossgrant.errors import CrossgrantError
from crossgrant.local.state import migrations

APPLICATION_ID = 0x43475254  # "CGRT": a file of ours, told from any other SQLite file

_DAMAGED = "name another file, such as a snapshot; this one was not touched"


class StateError(CrossgrantError):
    """A state or snapshot file that can't be used."""


class Database:
    """The connection, and transactions on it.

    INVARIANT: only the gateway's event loop uses the connection, so that there is one writer.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None) -> None:
        self.connection = connection
        self.path = path
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
        try:
            for schema in schemas:
                connection.executescript(schema)
        except sqlite3.OperationalError as error:
            connection.close()
            raise not_written(path, error) from None
        return cls(connection, path)

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
        try:
            self.execute("COMMIT")
        except sqlite3.Error:  # a full disk, say: nothing of it may stay
            if self.connection.in_transaction:
                self.execute("ROLLBACK")
            raise

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


def not_written(path: Path | None, error: sqlite3.Error) -> StateError:
    """Return the error that says that the state can't be written."""
    name = "the state" if path is None else f"`{path}`"
    return StateError(f"{name} can't be written: {error}", help="make room; what was acknowledged is kept")


def _open_file(path: Path) -> sqlite3.Connection:
    fresh = not path.exists() or path.stat().st_size == 0
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        try:
            _prepare(connection, path, fresh=fresh)
        except BaseException:
            connection.close()
            raise
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StateError(f"`{path}` is in use by another gateway", help="stop it with `crossgrant down`") from None
        raise StateError(f"`{path}` can't be opened: {error}", help="check its folder, rights and space") from None
    except sqlite3.DatabaseError as error:
        raise StateError(f"`{path}` is damaged or no state file: {error}", help=_DAMAGED) from None
    except OSError as error:
        raise StateError(f"`{path}` can't be opened: {error.strerror}", help="check its folder and rights") from None
    return connection


def _make_private(path: Path) -> None:
    """Close a file of ours, and its log, to other users: it may have been copied by hand."""
    for each in (path, path.with_name(f"{path.name}-wal")):
        if each.exists() and each.stat().st_mode & 0o077:
            each.chmod(0o600)


def _prepare(connection: sqlite3.Connection, path: Path, *, fresh: bool) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    version = migrations.SCHEMA_VERSION if fresh else check_version(path, connection)
    connection.execute("PRAGMA journal_mode = WAL")
    _make_private(path)
    connection.execute("PRAGMA synchronous = FULL")
    # 32 MiB of pages stay in memory and the log is folded in at 32 MiB: a bulk load takes an eighth less.
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("PRAGMA wal_autocheckpoint = 8000")
    mark(connection)
    migrate(connection, version)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")


def mark(connection: sqlite3.Connection) -> None:
    """Write into the database that it is one of ours; its version comes with the last migration."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        connection.execute(f"PRAGMA user_version = {migrations.SCHEMA_VERSION}")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a database of an older version to ours, each step whole or not at all."""
    for step in range(version, migrations.SCHEMA_VERSION):
        connection.executescript(f"BEGIN;{migrations.MIGRATIONS[step - 1]};PRAGMA user_version = {step + 1};COMMIT")


def check_version(path: Path, connection: sqlite3.Connection) -> int:
    """Return the version of the state or snapshot file that `connection` has opened.

    Raises:
        StateError: it is none of ours, of a newer version, or damaged.

    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StateError(f"`{path}` is no crossgrant state file", help="name another file; this one was not touched")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > migrations.SCHEMA_VERSION:
        raise StateError(
            f"`{path}` was written by a newer crossgrant "
            f"(state version {version}, this one reads {migrations.SCHEMA_VERSION})",
            help="upgrade crossgrant; the file was not touched",
        )
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise StateError(f"`{path}` is damaged: {result.splitlines()[-1]}", help=_DAMAGED)
    return version
