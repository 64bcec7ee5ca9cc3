"""What is known of a shop, in a database on disk: its objects by kind and id, each with its rows."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from fondly.operations.connect.model import Found, Row

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -20000;
CREATE TABLE objects (kind TEXT, id TEXT, customer_id TEXT, line TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX objects_by_customer ON objects (customer_id) WHERE customer_id != '';
CREATE TABLE seen (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE shared (id TEXT, facts TEXT);
CREATE INDEX shared_by_id ON shared (id);
"""
ROWS = """
SELECT line -> 'rows', (SELECT json_group_array(json(facts)) FROM shared WHERE shared.id = objects.id)
FROM objects WHERE kind = ? ORDER BY id
"""
COLUMNS = """
SELECT DISTINCT cell.key
FROM objects, json_each(line, '$.rows') AS row, json_each(row.value) AS cell
WHERE kind = ?
UNION
SELECT cell.key FROM objects, json_each(line, '$.shared') AS cell
"""
SHARE = """
INSERT INTO shared
SELECT about.value, objects.line -> 'shared' FROM objects, json_each(objects.line, '$.about') AS about
"""
RULING = ("in_stock",)
"""What others say rather than the object itself: a part is sold where the whole is."""


class Mirror:
    """The objects. Nothing here is lost with it: the log in S3 has all of it."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "mirror.sqlite", isolation_level=None)
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def replay(self, lines: Iterable[bytes]) -> int:
        """Take over what the log says, in its order; return the number of lines."""
        objects = [read_line(line) for line in lines if line.strip()]
        self._write(objects)
        return len(objects)

    def store(self, found: Sequence[Found]) -> list[Found]:
        """Store objects; return those that are new or other than before."""
        news = [each for each in found if self._is_news(each)]
        self._write(news)
        return news

    def has(self, kind: str, object_id: str) -> bool:
        """Whether there is such an object."""
        return self._line(kind, object_id) is not None

    def count(self, kind: str) -> int:
        """Return how many objects there are of a kind."""
        return self._number("SELECT count(*) FROM objects WHERE kind = ?", kind)

    def size(self) -> int:
        """Return how many objects there are of all kinds."""
        return self._number("SELECT count(*) FROM objects")

    def begin_list(self, kind: str) -> None:
        """Forget which objects of a kind have been seen."""
        self._db.execute("DELETE FROM seen WHERE kind = ?", (kind,))

    def see(self, found: Iterable[Found]) -> None:
        """Note objects that the platform has listed."""
        keys = ((each.kind, each.id) for each in found)
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", keys)

    def unseen(self, kind: str) -> list[Found]:
        """Return the objects of a kind that have not been seen."""
        sql = "SELECT line FROM objects WHERE kind = ? AND id NOT IN (SELECT id FROM seen WHERE kind = ?)"
        return [read_line(line) for (line,) in self._db.execute(sql, (kind, kind))]

    def of_customer(self, customer_id: str) -> list[Found]:
        """Return what is about a customer."""
        sql = "SELECT line FROM objects WHERE customer_id = ? AND customer_id != ''"
        return [read_line(line) for (line,) in self._db.execute(sql, (customer_id,))]

    def rows(self, kind: str) -> Iterator[Row]:
        """Yield the rows of a kind in the order of ids; what others share fills what these do not say."""
        self._db.execute("DELETE FROM shared")
        self._db.execute(SHARE)
        with closing(self._db.cursor()) as cursor:
            for rows, shared in cursor.execute(ROWS, (kind,)):
                facts = dict(fact for each in json.loads(shared) for fact in each.items())
                ruling = {name: facts[name] for name in RULING if name in facts}
                yield from ({**facts, **each, **ruling} for each in json.loads(rows))

    def columns(self, kind: str) -> set[str]:
        """Return the columns in which any object of a kind says something."""
        return {str(name) for (name,) in self._db.execute(COLUMNS, (kind,))}

    def lines(self) -> Iterator[bytes]:
        """Yield every object as a line of the log."""
        with closing(self._db.cursor()) as cursor:
            for (line,) in cursor.execute("SELECT line FROM objects"):
                yield line.encode()

    def _write(self, found: Sequence[Found]) -> None:
        self._db.execute("BEGIN")
        for each in found:
            if each.rows is None:
                self._db.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (each.kind, each.id))
            else:
                values = (each.kind, each.id, each.customer_id, line_of(each))
                self._db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", values)
        self._db.execute("COMMIT")

    def _is_news(self, found: Found) -> bool:
        known = self._line(found.kind, found.id)
        return known is not None if found.rows is None else known != line_of(found)

    def _line(self, kind: str, object_id: str) -> str | None:
        found = self._db.execute("SELECT line FROM objects WHERE kind = ? AND id = ?", (kind, object_id))
        return next((str(line) for (line,) in found), None)

    def _number(self, sql: str, *values: str) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])


def line_of(found: Found) -> str:
    """Write a line of the log; by `customer_id` those who forget customers know whose it is."""
    said = {name: value for name, value in found._asdict().items() if value or name == "rows"}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read_line(line: str | bytes) -> Found:
    """Read a line of the log."""
    return Found(**json.loads(line))
