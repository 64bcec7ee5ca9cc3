"""Reads texts, lists of texts and identifiers, and tells what exports write for "no value"."""

import re

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.text import clean

_DASHES = frozenset({"", "-", "--", "\N{EN DASH}", "\N{EM DASH}"})
_OF_DATABASES = frozenset({r"\N", "(null)", "<null>", "[NULL]", "0000-00-00", "0000-00-00 00:00:00"})
"""What exports of MySQL, PostgreSQL and their tools write for NULL, and MySQL for no date."""
_FOLDED = (
    _DASHES | {"null", "none", "nan", "n/a", "#n/a", "nil"} | {each.casefold() for each in _OF_DATABASES}
)
_WRITTEN = (
    _DASHES | _OF_DATABASES | {"NULL", "null", "None", "none", "nan", "NaN", "N/A", "n/a", "#N/A", "nil"}
)


def says_nothing(text: str) -> bool:
    """Return whether a cell that is no text has no value: it is empty, a dash, or a word for that."""
    return text.casefold() in _FOLDED


def is_no_text(text: str) -> bool:
    """Return whether a text is none, but what programs write there; `Null` and `Nan` are people's names."""
    return text in _WRITTEN


MAX_ID_BYTES = 256
_ROUNDED = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]+")
"""How a spreadsheet writes a long number, most of whose digits are lost."""


def read_id(text: str) -> str:
    """Read an identifier: it says something, and is short enough to be a key in every store."""
    if says_nothing(text):
        raise UnreadableError("an id", text)
    if len(text) > MAX_ID_BYTES or (not text.isascii() and len(text.encode()) > MAX_ID_BYTES):
        raise UnreadableError(f"an id of at most {MAX_ID_BYTES} bytes", text)
    if "E+" in text and _ROUNDED.fullmatch(text):
        raise UnreadableError("an id that no spreadsheet has rounded: format the column as text", text)
    return text


def bounded(text: str, *, max_chars: int) -> str:
    """Return the text; refuse one that is too long to store, without quoting what may be personal."""
    if len(text) > max_chars:
        raise UnreadableError(f"at most {max_chars:,} characters", found=f"{len(text):,} characters")
    return text


def read_path(text: str) -> tuple[str, ...]:
    """Read entries joined by `|`: a category path or bullet points."""
    return tuple(part for part in map(clean, text.split("|")) if part)
