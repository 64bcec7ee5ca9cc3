"""SQLite files that the processes of one run share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_S = 120.0
CACHE_KIB = 64 * 1024


def opened(path: Path) -> sqlite3.Connection:
    """Open a database that outlives its processes, but not the machine: no disk is waited for."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
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
