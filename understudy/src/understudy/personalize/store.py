"""Where Personalize's state is: in memory, or in a folder that outlives the process."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from understudy.database import DATABASE, LOCK_TIMEOUT_S, Database, as_json, from_json
from understudy.personalize.resource import resource_as_json, resource_from_json
from understudy.personalize.schemas import Schema, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from understudy.personalize.resource import Resource

_TABLES = """
CREATE TABLE IF NOT EXISTS resources (
    arn TEXT PRIMARY KEY, number INTEGER NOT NULL, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bulk (dataset TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS streamed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, owner TEXT NOT NULL, event TEXT NOT NULL,
    record TEXT NOT NULL, UNIQUE (dataset, event));
CREATE INDEX IF NOT EXISTS streamed_by_owner ON streamed (dataset, owner);
CREATE INDEX IF NOT EXISTS streamed_by_number ON streamed (dataset, number);
CREATE TABLE IF NOT EXISTS training_data (
    version TEXT NOT NULL, name TEXT NOT NULL, schema TEXT NOT NULL, file TEXT NOT NULL,
    PRIMARY KEY (version, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS models (version TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
"""
_REFERRING = ("bulk", "training_data", "models")


class LearnedData(NamedTuple):
    """A dataset as a version is trained on it."""

    name: str
    schema: Schema
    file: str


class Streamed(NamedTuple):
    """An event that was put by itself, by column; `owner` is the user that it is about.

    Of several with the same `event`, the first one counts.
    """

    owner: str
    record: Mapping[str, str | float | None]
    event: str


StoredStreamed = tuple[str, str, str]
"""The same, its record as JSON."""


def read_streamed(stored: Iterable[StoredStreamed]) -> list[Streamed]:
    """Read records as they are stored."""
    return [Streamed(owner, from_json(record), event) for owner, record, event in stored]


class Store:
    """Resources, and what belongs to them, on one event loop: what is put is kept when the call returns."""

    def __init__(self, folder: Path | None = None) -> None:
        self._database = Database([each for each in _TABLES.split(";") if each.strip()], _REFERRING, folder)

    @property
    def folder(self) -> Path | None:
        """The folder that has everything, None in memory."""
        return self._database.folder

    def open(self, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        """Open the folder, if there is one; raise StateError if it cannot be used.

        It waits so long for another process to let go of it.
        """
        self._database.open(lock_timeout_s=lock_timeout_s)

    def close(self) -> None:
        """Let go of the folder."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all of what is done within, or nothing; may be nested."""
        return self._database.transaction()

    def resources(self) -> list[Resource]:
        """Return all resources, the oldest first."""
        rows = self._database.rows("SELECT content FROM resources ORDER BY number")
        return [resource_from_json(content) for (content,) in rows]

    def put(self, resource: Resource) -> None:
        """Add a resource, or keep what has changed of it."""
        self._database.change(
            "INSERT INTO resources VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM resources), ?) "
            "ON CONFLICT (arn) DO UPDATE SET content = excluded.content",
            [(resource.arn, resource_as_json(resource))],
        )

    def remove(self, arns: Iterable[str]) -> None:
        """Forget resources, with all that belongs to them."""
        with self.transaction():
            for arn in arns:
                self._database.discard("bulk", "dataset", arn)
                self._database.change("DELETE FROM streamed WHERE dataset = ?", [(arn,)])
                self.drop_training_data(arn)
                self._database.discard("models", "version", arn)
                self._database.change("DELETE FROM resources WHERE arn = ?", [(arn,)])

    def new_file(self) -> Path | None:
        """Return where a new file may be written, before anything refers to it; None in memory."""
        return self._database.new_file()

    def path(self, file: str) -> Path | None:
        """Return the place of a file that a row refers to; None in memory, where none is written."""
        return self._database.path(file)

    def bulk(self) -> Mapping[str, str]:
        """Return the file with each dataset's imported records."""
        return dict(self._database.rows("SELECT dataset, file FROM bulk"))

    def put_bulk(self, dataset: str, file: str) -> None:
        """Let a dataset consist of what is in a file, beside what was put by itself."""
        with self.transaction():
            self._database.discard("bulk", "dataset", dataset)
            self._database.change("INSERT INTO bulk VALUES (?, ?)", [(dataset, file)])

    def streamed(self, dataset: str, *, since: int = 0) -> list[Streamed]:
        """Return the records that were put by themselves after the one numbered `since`, the oldest first."""
        return read_streamed(self.stored_streamed(dataset, since=since))

    def stored_streamed(self, dataset: str, *, since: int = 0) -> list[StoredStreamed]:
        """Return the same as it is stored: reading many takes longer than others should wait."""
        found: list[StoredStreamed] = self._database.rows(
            "SELECT owner, record, event FROM streamed WHERE dataset = ? AND number > ? ORDER BY number",
            (dataset, since),
        )
        return found

    def streamed_by(self, dataset: str, owner: str, *, since: int) -> list[Streamed]:
        """Return an owner's records that were put after the one with the number `since`, the oldest first."""
        rows = self._database.rows(
            "SELECT owner, record, event FROM streamed WHERE dataset = ? AND owner = ? AND number > ? "
            "ORDER BY number",
            (dataset, owner, since),
        )
        return read_streamed(rows)

    def last_streamed(self, dataset: str) -> int:
        """Return the number of the latest record that was put by itself, 0 if there is none."""
        rows = self._database.rows(
            "SELECT number FROM streamed WHERE dataset = ? ORDER BY number DESC LIMIT 1", (dataset,)
        )
        return int(rows[0][0]) if rows else 0

    def put_streamed(self, dataset: str, records: Iterable[Streamed]) -> None:
        """Add those records that are new."""
        self._database.change(
            "INSERT OR IGNORE INTO streamed (dataset, owner, event, record) VALUES (?, ?, ?, ?)",
            [(dataset, each.owner, each.event, as_json(each.record)) for each in records],
        )

    def expunge(self) -> None:
        """Leave nothing on disk of what this transaction deletes."""
        self._database.expunge()

    def remove_streamed(self, dataset: str, owners: Iterable[str]) -> int:
        """Forget the records of these owners; return how many there were."""
        return self._database.change(
            "DELETE FROM streamed WHERE dataset = ? AND owner = ?", [(dataset, owner) for owner in owners]
        )

    def training_data(self, version: str) -> list[LearnedData]:
        """Return what a version is to be trained on; nothing of one that has been trained."""
        rows = self._database.rows(
            "SELECT name, schema, file FROM training_data WHERE version = ? ORDER BY name", (version,)
        )
        return [LearnedData(name, schema_of(from_json(schema)), file) for name, schema, file in rows]

    def put_training_data(self, version: str, datasets: Iterable[LearnedData]) -> None:
        """Keep what a version is to be trained on."""
        self._database.change(
            "INSERT INTO training_data VALUES (?, ?, ?, ?)",
            [(version, each.name, as_json(asdict(each.schema)), each.file) for each in datasets],
        )

    def drop_training_data(self, version: str) -> None:
        """Forget what a version was to be trained on."""
        self._database.discard("training_data", "version", version)

    def model_file(self, version: str) -> str | None:
        """Return the file with a version's model, None if there is none."""
        rows = self._database.rows("SELECT file FROM models WHERE version = ?", (version,))
        return str(rows[0][0]) if rows else None

    def put_model(self, version: str, file: str) -> None:
        """Let a version have the model in a file, in place of one that it had."""
        with self.transaction():
            self._database.discard("models", "version", version)
            self._database.change("INSERT INTO models VALUES (?, ?)", [(version, file)])


def check_folder(folder: Path, *, lock_timeout_s: float) -> None:
    """Raise StateError if the state in a folder cannot be used; write nothing where there is none."""
    if (folder / DATABASE).exists():
        store = Store(folder)
        store.open(lock_timeout_s=lock_timeout_s)
        store.close()
