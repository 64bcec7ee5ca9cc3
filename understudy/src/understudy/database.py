"""A SQLite database, in memory or in a folder, with files beside it that rows refer to.

A file is written first, then a transaction refers to it, then files that nothing refers to any more are
removed: whenever the process is killed, the folder has all of a change or nothing of it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

DATABASE = "state.sqlite"
FORMAT = 2
"""Changes when an older release could not read what a newer one has written."""
LOCK_TIMEOUT_S = 5.0
"""How long to wait for a process that ends to let go of the folder."""
_LOG_PAGES = 250
"""After how many pages the log is written into the database: it stays below a mebibyte."""
_FILES = ("*.npz", "*.part")


class StateError(Exception):
    """The folder cannot be used; the message is one line that says why and what to do."""


class FolderInUseError(StateError):
    """Another process has the folder."""


class Database:
    """Keeps every change when a call returns. Used on one event loop.

    It survives the death of the process at any moment. It does not wait for the disk at each change, so a
    machine that loses power may lose the last changes, but never the consistency of the rest.
    """

    def __init__(self, tables: Sequence[str], referring: Sequence[str], folder: Path | None) -> None:
        """Hold what the statements `tables` make; those named `referring` have a column `file`."""
        self.folder = folder
        self._statements, self._referring = tables, referring
        self._depth = 0
        self._discarded: list[str] = []
        self._is_expunging = False
        self._connection: sqlite3.Connection
        if folder is None:
            self._connect(":memory:")

    def open(self, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        """Open the folder, if there is one; raise StateError if it cannot be used.

        It waits so long for another process to let go of it.
        """
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._connect(str(self.folder / DATABASE), lock_timeout_s)
        except OSError as error:
            raise StateError(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise _unusable(self.folder, error) from error
        self._remove_leftovers()

    def close(self) -> None:
        """Let go of the folder."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done within, or nothing; may be nested."""
        if self._depth:
            yield
            return
        self._depth += 1
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1
        self._remove_discarded()
        if self._is_expunging:
            self._is_expunging = False
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def expunge(self) -> None:
        """Leave nothing on disk of what this transaction deletes, not even in the log."""
        with self.transaction():
            self._is_expunging = True

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Return the rows that a statement selects."""
        return self._connection.execute(statement, parameters).fetchall()

    def change(self, statement: str, many: Iterable[Sequence[object]]) -> int:
        """Do a statement for each of the parameters; return how many rows it has changed."""
        with self.transaction():
            return self._connection.executemany(statement, many).rowcount

    def discard(self, table: str, column: str, value: str) -> None:
        """Delete rows with files, which go once this is kept and nothing else refers to them."""
        with self.transaction():
            rows = self.rows(
                f"DELETE FROM {table} WHERE {column} = ? RETURNING file",  # noqa: S608 - our own words
                (value,),
            )
            self._discarded += [file for (file,) in rows]

    def new_file(self) -> Path | None:
        """Return where a new file may be written, before anything refers to it; None in memory."""
        return None if self.folder is None else self.folder / f"{uuid4().hex}.npz"

    def path(self, file: str) -> Path | None:
        """Return the place of a file that a row refers to; None in memory, where none is written."""
        return self.folder / file if self.folder is not None and file else None

    def _connect(self, database: str, lock_timeout_s: float = 0.0) -> None:
        connection = sqlite3.connect(
            database, timeout=lock_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection, database)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        finalize(self, connection.close)

    def _prepare(self, connection: sqlite3.Connection, database: str) -> None:
        run = connection.execute
        # With the lock held for good, the log needs no shared memory, which network file systems lack.
        run("PRAGMA locking_mode = EXCLUSIVE")
        [[found]] = run("PRAGMA user_version").fetchall()
        if found not in {0, FORMAT}:
            raise StateError(f"{database} has format {found}, and this release reads {FORMAT}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA secure_delete = ON")
        run(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        run("BEGIN EXCLUSIVE")
        for statement in self._statements:
            run(statement)
        run(f"PRAGMA user_version = {FORMAT}")
        run("COMMIT")

    def _remove_discarded(self) -> None:
        while self._discarded:
            file = self._discarded.pop()
            path = self.path(file)
            if path is not None and not self._refers_to(file):
                path.unlink(missing_ok=True)

    def _refers_to(self, file: str) -> bool:
        return any(
            self.rows(f"SELECT 1 FROM {table} WHERE file = ? LIMIT 1", (file,))  # noqa: S608 - our own words
            for table in self._referring
        )

    def _remove_leftovers(self) -> None:
        """Remove files that a process had written, but not referred to, when it was killed."""
        assert self.folder is not None  # noqa: S101 - only called for a folder
        for pattern in _FILES:
            for path in self.folder.glob(pattern):
                if not self._refers_to(path.name):
                    path.unlink()


def _unusable(folder: Path, error: sqlite3.DatabaseError) -> StateError:
    if "locked" in str(error):
        return FolderInUseError(f"{folder} is in use by another process")
    return StateError(
        f"{folder / DATABASE} cannot be read ({error}): restore it, or move it away to begin anew"
    )


_TIME = "$time"


def as_json(content: object) -> str:
    """Return JSON in which times are objects with the one member `$time`."""
    return json.dumps(content, default=_time_as_json, ensure_ascii=False)


def from_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what `as_json` has written."""
    return json.loads(text, object_hook=_time_from_json)


def _time_as_json(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(f"not JSON: {type(value).__name__}")


def _time_from_json(members: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return datetime.fromisoformat(members[_TIME]) if set(members) == {_TIME} else members
