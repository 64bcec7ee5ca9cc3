"""Reads identifiers."""

import re

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.nothing import says_nothing

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
