"""SQLite files that the processes of one run share."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_S = 120.0
CACHE_KIB = 4 * 1024


def opened(path: Path) -> sqlite3.Connection:
    """Open a database that outlives its processes, but not the machine: no disk is waited for."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, check_same_thread=False)
    for pragma in (
        "page_size = 16384",
        "journal_mode = WAL",
        "synchronous = OFF",
        f"cache_size = -{CACHE_KIB}",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


@contextmanager
def alone(db: sqlite3.Connection) -> Iterator[None]:
    """Let no other process write meanwhile. What the block has written stays, whatever it raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        db.execute("COMMIT")


class Packing:
    """Compresses what a database holds by the first value of its kind: those that follow are like it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._first: dict[str, bytes] = {}
        db.execute("CREATE TABLE IF NOT EXISTS first (kind TEXT PRIMARY KEY, value BLOB)")

    def packed(self, kind: str, value: bytes) -> bytes:
        """Compress a value."""
        if kind not in self._first:
            self._db.execute("INSERT OR IGNORE INTO first VALUES (?, ?)", (kind, value))
        packer = zlib.compressobj(1, zdict=self._of(kind))
        return packer.compress(value) + packer.flush()

    def unpacked(self, kind: str, value: bytes) -> bytes:
        """Return what was compressed."""
        return zlib.decompressobj(zdict=self._of(kind)).decompress(value)

    def _of(self, kind: str) -> bytes:
        if kind not in self._first:
            found = self._db.execute("SELECT value FROM first WHERE kind = ?", (kind,))
            self._first[kind] = found.fetchone()[0]
        return self._first[kind]
