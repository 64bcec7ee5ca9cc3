"""Where Personalize's state is: a SQLite database, in memory or in a folder that outlives the process.

Large things, tables and models, are files beside the database and named by it. A file is written first, then
a transaction refers to it, then files that nothing refers to any more are removed: whenever the process is
killed, the folder has all of a change or nothing of it.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4
from weakref import finalize

from understudy.personalize.resource_json import as_json, from_json, resource_as_json, resource_from_json
from understudy.personalize.schemas import Field, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from understudy.personalize.resource import Resource

DATABASE = "state.sqlite"
FORMAT = 1
"""Changes when an older release could not read what a newer one has written."""
_OLD_STATE = "state.json"
_LOCK_TIMEOUT_S = 5.0
"""How long to wait for a process that ends to let go of the folder."""
_LOG_PAGES = 250
"""After how many pages the log is written into the database: it stays below a mebibyte."""
_FILES = ("*.npz", "*.part")
_TABLES = """
CREATE TABLE resources (arn TEXT PRIMARY KEY, number INTEGER NOT NULL, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bulk (dataset TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE streamed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, owner TEXT NOT NULL, event TEXT,
    record TEXT NOT NULL, UNIQUE (dataset, event));
CREATE INDEX streamed_by_owner ON streamed (dataset, owner);
CREATE TABLE training_data (
    version TEXT NOT NULL, name TEXT NOT NULL, schema TEXT NOT NULL, file TEXT NOT NULL,
    PRIMARY KEY (version, name)) WITHOUT ROWID;
CREATE TABLE models (version TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
"""
_REFERRING = ("bulk", "training_data", "models")


class StateError(Exception):
    """The folder cannot be used; the message is one line that says why and what to do."""


class FolderInUseError(StateError):
    """Another process has the folder."""


class LearnedData(NamedTuple):
    """A dataset as a version is trained on it."""

    name: str
    schema: Schema
    file: str


class Streamed(NamedTuple):
    """A record that was put by itself, by column; `owner` is the user or item that it is about.

    Of several with the same `event`, the first one counts.
    """

    owner: str
    record: Mapping[str, str | float | None]
    event: str | None = None


class Store:
    """Resources, and what belongs to them. Used on one event loop; every change is kept when a call returns.

    It survives the death of the process at any moment. It does not wait for the disk at each change, so a
    machine that loses power may lose the last changes, but never the consistency of the rest.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._depth = 0
        self._discarded: list[str] = []
        self._database: sqlite3.Connection
        if folder is None:
            self._connect(":memory:")

    def open(self, *, lock_timeout_s: float = _LOCK_TIMEOUT_S) -> None:
        """Open the folder, if there is one; raise StateError if it cannot be used.

        It waits so long for another process to let go of it.
        """
        if self.folder is None:
            return
        _refuse_old(self.folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._connect(str(self.folder / DATABASE), lock_timeout_s)
        except OSError as error:
            raise StateError(str(error)) from error
        except sqlite3.DatabaseError as error:
            self.close()
            raise _unusable(self.folder, error) from error
        self._remove_leftovers()

    def close(self) -> None:
        """Let go of the folder."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done within, or nothing; may be nested."""
        if self._depth:
            yield
            return
        self._depth += 1
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            self._discarded.clear()
            self._database.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1
        self._remove_discarded()

    def resources(self) -> list[Resource]:
        """Return all resources, the oldest first."""
        rows = self._database.execute("SELECT content FROM resources ORDER BY number")
        return [resource_from_json(content) for (content,) in rows]

    def put(self, resource: Resource) -> None:
        """Add a resource, or keep what has changed of it."""
        with self.transaction():
            self._database.execute(
                "INSERT INTO resources VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM resources), ?) "
                "ON CONFLICT (arn) DO UPDATE SET content = excluded.content",
                (resource.arn, resource_as_json(resource)),
            )

    def remove(self, arns: Iterable[str]) -> None:
        """Forget resources, with all that belongs to them."""
        with self.transaction():
            for arn in arns:
                self._discard("bulk", "dataset", arn)
                self._database.execute("DELETE FROM streamed WHERE dataset = ?", (arn,))
                self.drop_training_data(arn)
                self._discard("models", "version", arn)
                self._database.execute("DELETE FROM resources WHERE arn = ?", (arn,))

    def new_file(self) -> Path | None:
        """Return where a new file may be written, before anything refers to it; None in memory."""
        return None if self.folder is None else self.folder / f"{uuid4().hex}.npz"

    def path(self, file: str) -> Path | None:
        """Return the place of a file that a row refers to; None in memory, where none is written."""
        return self.folder / file if self.folder is not None and file else None

    def bulk(self) -> Mapping[str, str]:
        """Return the file with each dataset's imported records."""
        return dict(self._database.execute("SELECT dataset, file FROM bulk"))

    def put_bulk(self, dataset: str, file: str) -> None:
        """Let a dataset consist of what is in a file, beside what was put by itself."""
        with self.transaction():
            self._discard("bulk", "dataset", dataset)
            self._database.execute("INSERT INTO bulk VALUES (?, ?)", (dataset, file))

    def streamed(self, dataset: str) -> list[Streamed]:
        """Return the records that were put by themselves, the oldest first."""
        rows = self._database.execute(
            "SELECT owner, record, event FROM streamed WHERE dataset = ? ORDER BY number", (dataset,)
        )
        return [Streamed(owner, from_json(record), event) for owner, record, event in rows]

    def streamed_by(self, dataset: str, owner: str, *, since: int) -> list[Streamed]:
        """Return an owner's records that were put after the one with the number `since`, the oldest first."""
        rows = self._database.execute(
            "SELECT owner, record, event FROM streamed WHERE dataset = ? AND owner = ? AND number > ? "
            "ORDER BY number",
            (dataset, owner, since),
        )
        return [Streamed(owner, from_json(record), event) for owner, record, event in rows]

    def last_streamed(self, dataset: str) -> int:
        """Return the number of the latest record that was put by itself, 0 if there is none."""
        [[last]] = self._database.execute(
            "SELECT coalesce(max(number), 0) FROM streamed WHERE dataset = ?", (dataset,)
        )
        return int(last)

    def streamed_owners(self, dataset: str) -> set[str]:
        """Return whom or what the records are about that were put by themselves."""
        rows = self._database.execute("SELECT DISTINCT owner FROM streamed WHERE dataset = ?", (dataset,))
        return {owner for (owner,) in rows}

    def put_streamed(self, dataset: str, records: Iterable[Streamed]) -> None:
        """Add records."""
        with self.transaction():
            self._database.executemany(
                "INSERT OR IGNORE INTO streamed (dataset, owner, event, record) VALUES (?, ?, ?, ?)",
                [(dataset, each.owner, each.event, as_json(each.record)) for each in records],
            )

    def remove_streamed(self, dataset: str, owners: Iterable[str]) -> int:
        """Forget the records of these owners; return how many there were."""
        with self.transaction():
            gone = self._database.executemany(
                "DELETE FROM streamed WHERE dataset = ? AND owner = ?", [(dataset, owner) for owner in owners]
            )
        return gone.rowcount

    def training_data(self, version: str) -> list[LearnedData]:
        """Return what a version is to be trained on; nothing of one that has been trained."""
        rows = self._database.execute(
            "SELECT name, schema, file FROM training_data WHERE version = ? ORDER BY name", (version,)
        )
        return [LearnedData(name, _schema(schema), file) for name, schema, file in rows]

    def put_training_data(self, version: str, datasets: Iterable[LearnedData]) -> None:
        """Keep what a version is to be trained on."""
        with self.transaction():
            self._database.executemany(
                "INSERT INTO training_data VALUES (?, ?, ?, ?)",
                [(version, each.name, as_json(asdict(each.schema)), each.file) for each in datasets],
            )

    def drop_training_data(self, version: str) -> None:
        """Forget what a version was to be trained on."""
        with self.transaction():
            self._discard("training_data", "version", version)

    def model_file(self, version: str) -> str | None:
        """Return the file with a version's model, None if there is none."""
        row = self._database.execute("SELECT file FROM models WHERE version = ?", (version,)).fetchone()
        return None if row is None else str(row[0])

    def put_model(self, version: str, file: str) -> None:
        """Let a version have the model in a file."""
        with self.transaction():
            self._database.execute("INSERT INTO models VALUES (?, ?)", (version, file))

    def _connect(self, database: str, lock_timeout_s: float = 0.0) -> None:
        self._database = sqlite3.connect(
            database, timeout=lock_timeout_s, isolation_level=None, check_same_thread=False
        )
        finalize(self, self._database.close)
        run = self._database.execute
        # With the lock held for good, the log needs no shared memory, which network file systems lack.
        run("PRAGMA locking_mode = EXCLUSIVE")
        [[found]] = run("PRAGMA user_version").fetchall()
        if found not in {0, FORMAT}:
            self._database.close()
            raise StateError(f"{database} has format {found}, and this release reads {FORMAT}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        run("BEGIN EXCLUSIVE")
        if not found:
            for statement in filter(str.strip, _TABLES.split(";")):
                run(statement)
            run(f"PRAGMA user_version = {FORMAT}")
        run("COMMIT")

    def _discard(self, table: str, column: str, value: str) -> None:
        """Delete rows with files, which go once this is kept and nothing else refers to them."""
        rows = self._database.execute(
            f"DELETE FROM {table} WHERE {column} = ? RETURNING file",  # noqa: S608 - both are our own words
            (value,),
        )
        self._discarded += [file for (file,) in rows]

    def _remove_discarded(self) -> None:
        while self._discarded:
            file = self._discarded.pop()
            path = self.path(file)
            if path is not None and not self._refers_to(file):
                path.unlink(missing_ok=True)

    def _refers_to(self, file: str) -> bool:
        return any(
            self._database.execute(f"SELECT 1 FROM {table} WHERE file = ? LIMIT 1", (file,)).fetchone()  # noqa: S608 - our own words
            for table in _REFERRING
        )

    def _remove_leftovers(self) -> None:
        """Remove files that a process had written, but not referred to, when it was killed."""
        assert self.folder is not None  # noqa: S101 - only called for a folder
        for pattern in _FILES:
            for path in self.folder.glob(pattern):
                if not self._refers_to(path.name):
                    path.unlink()


def check_folder(folder: Path, *, lock_timeout_s: float) -> None:
    """Raise StateError if the state in a folder cannot be used; write nothing where there is none."""
    _refuse_old(folder)
    if (folder / DATABASE).exists():
        store = Store(folder)
        store.open(lock_timeout_s=lock_timeout_s)
        store.close()


def _refuse_old(folder: Path) -> None:
    if (folder / _OLD_STATE).exists():
        raise StateError(
            f"{folder / _OLD_STATE} was written by an older release, which this one cannot read: "
            "finish its runs with that release, or move the file away to begin anew"
        )


def _unusable(folder: Path, error: sqlite3.DatabaseError) -> StateError:
    if "locked" in str(error):
        return FolderInUseError(f"{folder} is in use by another process")
    return StateError(
        f"{folder / DATABASE} cannot be read ({error}): restore it, or move it away to begin anew"
    )


def _schema(stored: str) -> Schema:
    content = from_json(stored)
    return Schema(content["name"], tuple(Field(**each) for each in content["fields"]))
