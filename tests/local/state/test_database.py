"""The state file and snapshots: what can't be used is refused in one clear error, and never touched."""

from __future__ import annotations

import sqlite3
import stat
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from crossgrant.local.launch import SCHEMAS
from crossgrant.local.state import Database, StateError, database, migrations
from crossgrant.local.state.snapshot import load_snapshot, opened_snapshot, save_snapshot
from support.full_disk import files_end_at

SCHEMA = "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY)"


def opened(path: Path | None) -> Database:
    state = Database.open(path, (SCHEMA,))
    weakref.finalize(state, state.connection.close)  # for the tests that end without closing it
    return state


def names(state: Database) -> list[str]:
    return [name for (name,) in state.all("SELECT name FROM things ORDER BY name")]


def test_a_file_keeps_what_was_committed_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = opened(path)
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('kept')")
    state.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = opened(path)
    assert names(again) == ["kept"]
    again.close()


def test_an_exception_undoes_the_whole_transaction_and_inner_ones_join() -> None:
    state = opened(None)
    with pytest.raises(ZeroDivisionError):
        _fail_inside(state)
    assert names(state) == []
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('after')")
    assert names(state) == ["after"]


def _fail_inside(state: Database) -> None:
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('outer')")
        with state.transaction():
            state.execute("INSERT INTO things VALUES ('inner')")
        raise ZeroDivisionError


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {migrations.SCHEMA_VERSION + 1}")
        connection.execute("CREATE TABLE later (x)")
    connection.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database at all, though it is long enough to be looked at as one" * 20)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (foreign, "is no crossgrant state file"),
        (newer, "was written by a newer crossgrant"),
        (garbage, "is damaged or no"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_not_touched(
    tmp_path: Path, make: Callable[[Path], None], text: str
) -> None:
    path = tmp_path / "state.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StateError, match=text):
        opened(path)
    assert path.read_bytes() == before
    with pytest.raises(StateError, match=text), opened_snapshot(path):
        pass
    assert path.read_bytes() == before


def filled(path: Path) -> bytearray:
    """Make a file of many pages, and return its bytes."""
    state = opened(path)
    with state.transaction():
        state.connection.executemany("INSERT INTO things VALUES (?)", [(f"{n:0400}",) for n in range(200)])
    state.close()
    return bytearray(path.read_bytes())


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    content = filled(path)
    for page in range(4, 12):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(StateError, match="damaged"):
        opened(path)
    assert path.read_bytes() == bytes(content)


def test_a_damage_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    content = filled(path)
    content[8 * 4096 : 9 * 4096] = bytes(range(256)) * 16
    path.write_bytes(content)
    with pytest.raises(StateError, match="damaged") as refused:
        opened(path)
    assert "\n" not in refused.value.message
    assert "not touched" in (refused.value.help or "")


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    opened(path).close()
    path.chmod(0o644)
    state = opened(path)
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('kept')")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    state.close()


def test_two_gateways_do_not_share_a_file(tmp_path: Path) -> None:
    state = opened(tmp_path / "state.db")
    with pytest.raises(StateError, match="in use by another gateway"):
        opened(tmp_path / "state.db")
    state.close()


def test_an_older_file_is_migrated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.db"
    opened(path).close()
    step, next_version = "ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 7", migrations.SCHEMA_VERSION + 1
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", next_version)
    for _ in range(2):
        state = opened(path)
        with state.transaction():
            state.execute("INSERT OR REPLACE INTO things (name) VALUES ('new')")
        assert state.all("SELECT name, size FROM things") == [("new", 7)]
        assert state.one("PRAGMA user_version") == (next_version,)
        state.close()


def test_a_snapshot_is_a_whole_private_copy_that_loads_into_another(tmp_path: Path) -> None:
    state, path = opened(None), tmp_path / "copy.db"
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('saved')")
    assert save_snapshot(state, path) == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = opened(tmp_path / "state.db")
    with other.transaction():
        other.execute("INSERT INTO things VALUES ('replaced')")
    with opened_snapshot(path) as snapshot:
        load_snapshot(other, snapshot)
    assert names(other) == ["saved"]
    other.close()
    reopened = opened(tmp_path / "state.db")
    assert names(reopened) == ["saved"]
    reopened.close()


def test_a_snapshot_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    state = opened(None)
    with pytest.raises(StateError, match="can't be written"):
        save_snapshot(state, tmp_path / "absent" / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_never_takes_the_place_of_the_state_that_is_served(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = opened(path)
    (tmp_path / "link.db").symlink_to(path)
    before = path.stat().st_ino
    for name in ("state.db", "link.db"):
        with pytest.raises(StateError, match="is the state that this gateway serves"):
            save_snapshot(state, tmp_path / name)
    assert path.stat().st_ino == before
    state.close()


def test_a_folder_is_no_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StateError, match=r"`.*folder` is a folder"):
        save_snapshot(opened(None), folder)
    with pytest.raises(StateError, match=r"`.*folder` is a folder"), opened_snapshot(folder):
        pass
    assert list(tmp_path.iterdir()) == [folder]


def test_a_state_that_is_served_is_no_snapshot(tmp_path: Path) -> None:
    state = opened(tmp_path / "state.db")
    with pytest.raises(StateError, match="is in use by a gateway"), opened_snapshot(tmp_path / "state.db"):
        pass
    state.close()


def test_a_state_file_loads_as_a_snapshot_and_a_snapshot_serves_as_state(tmp_path: Path) -> None:
    state = opened(tmp_path / "state.db")
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('kept')")
    save_snapshot(state, tmp_path / "copy.db")
    state.close()
    served = opened(tmp_path / "copy.db")
    assert names(served) == ["kept"]
    with served.transaction():
        served.execute("DELETE FROM things")
    with opened_snapshot(tmp_path / "state.db") as snapshot:
        load_snapshot(served, snapshot)
    assert names(served) == ["kept"]
    served.close()


def test_a_snapshot_that_finds_no_room_changes_nothing(tmp_path: Path) -> None:
    large, state = opened(None), opened(tmp_path / "state.db")
    with large.transaction():
        large.connection.executemany("INSERT INTO things VALUES (?)", [(f"{n:0400}",) for n in range(2000)])
    save_snapshot(large, tmp_path / "large.db")
    with state.transaction():
        state.execute("INSERT INTO things VALUES ('kept')")
    with (
        files_end_at(200_000),
        opened_snapshot(tmp_path / "large.db") as snapshot,
        pytest.raises(StateError, match=r"state.db` can't be written"),
    ):
        load_snapshot(state, snapshot)
    assert names(state) == ["kept"]
    state.close()


@pytest.mark.parametrize("room", [8_192, 60_000, 200_000])
def test_a_disk_that_is_full_at_the_start_is_one_clear_error(tmp_path: Path, room: int) -> None:
    with files_end_at(room), pytest.raises(StateError, match=r"state.db` can't be (opened|written)"):
        Database.open(tmp_path / "state.db", SCHEMAS)
