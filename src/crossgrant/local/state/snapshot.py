"""Snapshots: one consistent copy of the whole database, saved to a file or loaded from one while serving.

https://www.sqlite.org/backup.html
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crossgrant.local.state.database import Database, StateError, check_version, mark, migrate, not_written

_PAGES = 2_048  # copied between two looks at other work
_PAUSE = 0.001


def save_snapshot(database: Database, path: Path) -> int:
    """Copy the database to `path`, whole or not at all, mode 0600; return the file's size in bytes.

    It may run in a thread beside the gateway's loop: what is written meanwhile is in the copy, up to its last page.

    Raises:
        StateError: the file can't be written, or is the gateway's own.

    """
    if database.path is not None and path.exists() and path.samefile(database.path):
        raise StateError(f"`{path}` is the state that this gateway serves", help="give another file")
    if path.is_dir():
        raise StateError(f"`{path}` is a folder", help="give a file in it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except OSError as error:
        raise StateError(f"`{path}` can't be written: {error.strerror}", help="check its folder and space") from None
    temporary = Path(name)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
            database.connection.backup(copy, pages=_PAGES, sleep=_PAUSE)
            copy.execute("PRAGMA journal_mode = DELETE")
            mark(copy)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (sqlite3.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        problem = error.strerror if isinstance(error, OSError) else error
        raise StateError(f"`{path}` can't be written: {problem}", help="check its folder and space") from None
    return path.stat().st_size


@contextmanager
def opened_snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a snapshot to load from: a private copy in memory, brought to our version; the file isn't touched.

    Raises:
        StateError: it isn't there, is no snapshot, is damaged or of a newer version.

    """
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "isn't there"
        raise StateError(f"`{path}` {problem}", help="give the file that `crossgrant snapshot save` wrote")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as source:
                version = check_version(path, source)
                source.backup(copy)
            migrate(copy, version)
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise StateError(f"`{path}` is in use by a gateway", help="save a snapshot of it first") from None
            raise StateError(f"`{path}` is damaged or no snapshot: {error}", help="give another file") from None
        yield copy


def load_snapshot(database: Database, snapshot: sqlite3.Connection) -> None:
    """Put the snapshot in the place of all that the database holds, at once.

    Raises:
        StateError: there is no room for it; then nothing has changed.

    """
    try:
        snapshot.backup(database.connection)
        mark(database.connection)
    except sqlite3.OperationalError as error:
        raise not_written(database.path, error) from None
