"""Where the jobs of a service are: in memory, or in a folder that outlives the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from understudy.database import DATABASE, LOCK_TIMEOUT_S, Database, Layout
from understudy.stored_json import as_json, from_json

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.wire.service import Params

_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    kind TEXT NOT NULL, number INTEGER NOT NULL, token TEXT, content TEXT NOT NULL, PRIMARY KEY (kind, number)
) WITHOUT ROWID
"""
_LAYOUT = Layout([_TABLE], ())


class StoredJob(NamedTuple):
    """A job, and the token with which a client has submitted it."""

    content: Params
    token: str | None


class JobStore:
    """Jobs of several kinds, on one event loop: what is put is kept when the call returns."""

    def __init__(self, folder: Path | None = None) -> None:
        self._database = Database(_LAYOUT, folder)

    def open(self, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        """Open the folder, if there is one; raise StateError if it cannot be used.

        It waits so long for another process to let go of it.
        """
        self._database.open(lock_timeout_s=lock_timeout_s)

    def close(self) -> None:
        """Let go of the folder."""
        self._database.close()

    def jobs(self, kind: str) -> list[StoredJob]:
        """Return the jobs of a kind, by number."""
        rows = self._database.rows("SELECT content, token FROM jobs WHERE kind = ? ORDER BY number", (kind,))
        return [StoredJob(from_json(content), token) for content, token in rows]

    def put(self, kind: str, number: int, content: Params, token: str | None = None) -> None:
        """Add a job, or keep what has changed of it; its token stays."""
        self._database.change(
            "INSERT INTO jobs VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, number) DO UPDATE SET content = excluded.content",
            [(kind, number, token, as_json(content))],
        )


def check_folder(folder: Path, *, lock_timeout_s: float) -> None:
    """Raise StateError if the jobs in a folder cannot be used; write nothing where there are none."""
    if (folder / DATABASE).exists():
        store = JobStore(folder)
        store.open(lock_timeout_s=lock_timeout_s)
        store.close()
