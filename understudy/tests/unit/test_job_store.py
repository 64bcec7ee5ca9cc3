"""Where jobs are kept, and the database below: all of a change is there, or nothing of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from understudy.database import DATABASE, Database, FolderInUseError, Layout, StateError
from understudy.job_store import JobStore, check_folder
from understudy.stored_json import as_json, from_json
from understudy.wire.service import Params

NOON = datetime(2026, 11, 26, 12, 0, 0, 123_000, tzinfo=UTC)
CONTENT: Params = {"id": "a", "submitted": NOON, "tags": [{"Key": "k", "Value": "✓"}], "ended": None}
LAYOUT = Layout(
    [
        "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, file TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS others (name TEXT PRIMARY KEY, file TEXT NOT NULL)",
    ],
    ("things", "others"),
)


def opened(folder: Path | None) -> JobStore:
    """Return a store that is open."""
    store = JobStore(folder)
    store.open()
    return store


def test_jobs_are_there_by_kind_and_number(tmp_path: Path) -> None:
    """In the order of their numbers, each with what was put last, and with its first token."""
    store = opened(tmp_path)
    store.put("a", 1, {"id": "second"})
    store.put("a", 0, CONTENT, "token")
    store.put("b", 0, {"id": "other"})
    store.put("a", 0, {**CONTENT, "ended": NOON})
    store.close()
    again = opened(tmp_path)
    assert again.jobs("a") == [({**CONTENT, "ended": NOON}, "token"), ({"id": "second"}, None)]
    assert again.jobs("b") == [({"id": "other"}, None)]
    assert again.jobs("c") == []
    again.close()


def test_without_a_folder_jobs_are_in_memory() -> None:
    """Each store has its own."""
    first, second = opened(None), opened(None)
    first.put("a", 0, CONTENT)
    assert (len(first.jobs("a")), second.jobs("a")) == (1, [])
    for store in (first, second):
        store.close()


def test_a_folder_is_of_one_store(tmp_path: Path) -> None:
    """Until it is closed."""
    first = opened(tmp_path)
    with pytest.raises(FolderInUseError):
        check_folder(tmp_path, lock_timeout_s=0)
    first.close()
    check_folder(tmp_path, lock_timeout_s=0)


def test_nothing_is_written_where_nothing_is(tmp_path: Path) -> None:
    """A check of a folder leaves it as it is."""
    check_folder(tmp_path / "absent", lock_timeout_s=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        {"when": NOON},
        [NOON, {"deep": [{"when": NOON}]}],
        {"plain": [1, 2.5, None, True, "ä\\n"]},
        {"$time": "one", "and": "another member"},
        {},
    ],
)
def test_times_outlive_json(content: object) -> None:
    """Wherever they are; what only looks like one stays what it is."""
    assert from_json(as_json(content)) == content


def test_only_times_are_added_to_json() -> None:
    """Anything else is a mistake, and is named."""
    with pytest.raises(TypeError, match="not JSON: PosixPath"):
        as_json({"path": Path()})


def database(folder: Path | None) -> Database:
    """Return a database that is open."""
    made = Database(LAYOUT, folder)
    made.open()
    return made


def add(made: Database, table: str, name: str) -> Path:
    """Let a row refer to a new file, and return the file."""
    path = made.new_file()
    assert path is not None
    path.touch()
    made.change(f"INSERT INTO {table} VALUES (?, ?)", [(name, path.name)])  # noqa: S608 - a name of the test
    return path


def test_a_file_goes_with_the_last_row_that_refers_to_it(tmp_path: Path) -> None:
    """Not before, and not with a change that is undone."""
    made = database(tmp_path)
    path = add(made, "things", "a")
    made.change("INSERT INTO others VALUES (?, ?)", [("b", path.name)])
    made.discard("things", "name", "a")
    assert path.exists()
    with pytest.raises(ZeroDivisionError), made.transaction():
        made.discard("others", "name", "b")
        raise ZeroDivisionError
    assert path.exists()
    assert made.rows("SELECT name FROM others") == [("b",)]
    made.discard("others", "name", "b")
    assert not path.exists()
    made.close()


def test_a_change_within_a_change_is_a_part_of_it(tmp_path: Path) -> None:
    """The inner one is undone with the outer one."""
    made = database(tmp_path)
    with pytest.raises(KeyError), made.transaction():
        with made.transaction():
            made.change("INSERT INTO things VALUES (?, ?)", [("a", "f")])
        raise KeyError
    assert made.rows("SELECT * FROM things") == []
    assert made.change("INSERT INTO things VALUES (?, ?)", [("a", "f"), ("b", "f")]) == 2
    made.close()


def test_files_that_nothing_refers_to_are_removed_at_the_start(tmp_path: Path) -> None:
    """They are of a process that was killed; others in the folder are not touched."""
    made = database(tmp_path)
    kept = add(made, "things", "a")
    made.close()
    for name in ("lost.npz", "half.part", "notes.txt"):
        (tmp_path / name).touch()
    again = database(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} - {kept.name, "notes.txt"} == {
        name.name for name in tmp_path.glob(f"{DATABASE}*")
    }
    again.close()


def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """With one line that says what it is."""
    database(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="has format 99, and this release reads 2"):
        database(tmp_path)


def test_a_table_of_a_newer_release_is_made_where_it_is_missing(tmp_path: Path) -> None:
    """State of an older release of the same format is used, with what it has."""
    older = Database(Layout(LAYOUT.statements[:1], ("things",)), tmp_path)
    older.open()
    older.change("INSERT INTO things VALUES (?, ?)", [("a", "")])
    older.close()
    newer = database(tmp_path)
    assert newer.rows("SELECT name FROM things") == [("a",)]
    assert newer.rows("SELECT name FROM others") == []
    newer.close()


def test_in_memory_there_are_no_files() -> None:
    """Neither to write nor to read."""
    made = Database(LAYOUT, None)
    assert (made.new_file(), made.path("x")) == (None, None)
    made.close()
