"""What an object of a run is without some customers: lines of theirs go, others stay as they are."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from fondly.operations.customers.gone import OWNERS, Gone

UNTOLD = ".npz"
"""Counts of products and links: nothing there says whose they are."""
ERASED = "(erased)"
_TEXTS = ("raw", "prompt")
"""Where a record of a run quotes what somebody wrote: rejected rows, and requests to the model."""


def is_told(key: str) -> bool:
    """Whether an object of this name can say something of a customer."""
    return not key.endswith(UNTOLD)


def scrubbed(key: str, body: bytes, gone: Gone) -> bytes | None:
    """Return an object without what it says of customers; None if it says nothing."""
    lines = body.splitlines(keepends=True)
    if key.endswith(".csv"):
        kept = list(_rows(lines, gone))
    else:
        kept = [line for line in map(_Records(gone, key).without, lines) if line is not None]
    return b"".join(kept) if kept != lines else None


def theirs(key: str, body: bytes, gone: Gone) -> list[bytes]:
    """Return the lines of an object that are about customers, under the header if it is a table."""
    lines = body.splitlines(keepends=True)
    if key.endswith(".csv"):
        kept = set(_rows(lines, gone))
        found = [line for line in lines if line not in kept]
        return [lines[0], *found] if found else []
    records = _Records(gone, key)
    return [line for line in lines if records.without(line) is None]


def _rows(lines: list[bytes], gone: Gone) -> Iterator[bytes]:
    """Yield the lines of a file for Personalize: each is a record, and its column USER_ID says whose."""
    if not lines:
        return
    header = _cells(lines[0])
    place = header.index("USER_ID") if "USER_ID" in header else None
    yield lines[0]
    for line in lines[1:]:
        cells = _cells(line) if place is not None else []
        if place is None or len(cells) <= place or cells[place] not in gone.customer_ids:
            yield line


class _Records:
    """Reads JSON lines, or a file of one JSON object."""

    def __init__(self, gone: Gone, key: str) -> None:
        self._gone = gone
        self._is_report = key.endswith(("/ingest.json", "/events.json"))
        self._is_summary = "/email-index/summary" in key

    def without(self, line: bytes) -> bytes | None:
        """Return a line as it may stay; None if it is about a customer who is to be erased."""
        try:
            record = json.loads(line)
        except ValueError:
            return line
        if not isinstance(record, dict):
            return line
        if self._is_theirs(record):
            return None
        if self._is_summary:
            told = self._unlisted(record)
        elif self._is_report:
            told = mapped(record, lambda text: self._gone.without(text, ERASED))
        else:
            return line
        return line if told == record else json.dumps(told, ensure_ascii=False).encode()

    def _unlisted(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return a value whose lists have no record of theirs."""
        if isinstance(value, dict):
            return {name: self._unlisted(each) for name, each in value.items()}
        if isinstance(value, list):
            return [each for each in value if not (isinstance(each, dict) and self._is_theirs(each))]
        return value

    def _is_theirs(self, record: dict[str, Any]) -> bool:
        asked = record.get("input")
        owners = [record, asked] if isinstance(asked, dict) else [record]
        if any(each.get(name) in self._gone.customer_ids for each in owners for name in OWNERS):
            return True
        texts = (record.get(name) for name in _TEXTS)
        return any(isinstance(text, str) and self._gone.told_in(text) for text in texts)


def mapped(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    """Return a value of JSON with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(each, change) for each in value]
    if isinstance(value, dict):
        return {name: mapped(each, change) for name, each in value.items()}
    return value


def _cells(line: bytes) -> list[str]:
    text = io.StringIO(line.decode(errors="replace"))
    return next(csv.reader(text, escapechar="\\", doublequote=False), [])
