"""Closes the scratch database: what returns take back, and who is not written to."""

import sqlite3

from fondly.ingest.adapters import scratch_sql
from fondly.ingest.domain.rows.people import ExclusionRules


def close_input(db: sqlite3.Connection, rules: ExclusionRules) -> None:
    """Apply returns to purchases, and exclude who must not be written to; no row may be added afterwards."""
    _run(db, scratch_sql.CLOSE_INPUT)
    _take_back(db)
    _run(db, scratch_sql.DIVIDE_PURCHASES)
    db.execute(
        scratch_sql.EXCLUDE,
        {"consent_if_unknown": bool(rules.consent_not_required), "minimum_age": rules.minimum_age},
    )
    db.execute(scratch_sql.EXCLUDE_BY_ADDRESS)


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        db.execute(statement)


def _take_back(db: sqlite3.Connection) -> None:
    """Apply returns to purchases of other orders; what is left of them may be of earlier files."""
    for returned, customer, goods, timestamp, pieces in list(db.execute(scratch_sql.RETURNS)):
        bought = list(db.execute(scratch_sql.RETURNABLE, (customer, goods, timestamp)))
        for purchase, kept in bought:
            some = min(kept, pieces)
            db.executemany(scratch_sql.TAKE_BACK, [(some, purchase), (-some, returned)])
            pieces -= some  # noqa: PLW2901 - what is still to be taken back
