"""Reads identifiers."""

from encore.ingest.domain.errors import UnreadableError

MAX_ID_BYTES = 256


def read_id(text: str) -> str:
    """Read an identifier: not empty, and short enough to be a key in every store."""
    if not text:
        raise UnreadableError("an id", text)
    if len(text) > MAX_ID_BYTES or len(text.encode()) > MAX_ID_BYTES:
        raise UnreadableError(f"an id of at most {MAX_ID_BYTES} bytes", text)
    return text
