"""A set of keys in a temporary database, whose size is bounded by the disk instead of memory."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager


@contextmanager
def new_keys() -> Iterator[Callable[[str], bool]]:
    """Give a function that adds a key in hexadecimal digits and returns whether it is new.

    SQLite keeps the database in memory while it is small, then in a temporary file, which it deletes itself.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE keys (key BLOB PRIMARY KEY) WITHOUT ROWID")

        def is_new(key: str) -> bool:
            return (
                database.execute("INSERT OR IGNORE INTO keys VALUES (?)", (bytes.fromhex(key),)).rowcount == 1
            )

        yield is_new
