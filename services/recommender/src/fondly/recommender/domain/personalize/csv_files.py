"""CSV as Personalize reads it, which is not the CSV of RFC 4180.

Text with commas or quotes is enclosed in double quotes; quotes and backslashes are escaped with a backslash,
not doubled; the header is not quoted; a record is one physical line; an empty field is null.
Source: Amazon Personalize developer guide, "Data format guidelines".
"""

import re
from collections.abc import Iterable, Mapping, Sequence

Value = str | int | float | None
Row = Mapping[str, Value]

MAX_ID_CHARS = 256
_LINE_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNFIT_FOR_ID = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029]')
_NEEDS_QUOTES = re.compile(r'[",\\]')
_ESCAPED, _BACKSLASHED = re.compile(r'(["\\])'), r"\\\1"


def csv_file(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return a whole file in UTF-8: the header, then one line per row with its values in column order."""
    return (",".join(columns) + "\n").encode() + csv_lines(columns, rows)


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return one line per row with its values in column order."""
    lines = (",".join(_cell(row[column]) for column in columns) + "\n" for row in rows)
    return "".join(lines).encode()


def is_fit_id(identifier: str) -> bool:
    """Return whether Personalize keeps an id unchanged; it alters quotes, escapes and control characters."""
    return len(identifier) <= MAX_ID_CHARS and not _UNFIT_FOR_ID.search(identifier)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = _LINE_BREAKING.sub(" ", value)
    return f'"{_ESCAPED.sub(_BACKSLASHED, text)}"' if _NEEDS_QUOTES.search(text) else text
