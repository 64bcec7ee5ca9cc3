"""Reads texts and lists of texts."""

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.text import clean


def bounded(text: str, *, max_chars: int) -> str:
    """Return the text; refuse one that is too long to store, without quoting what may be personal."""
    if len(text) > max_chars:
        raise UnreadableError(f"at most {max_chars:,} characters", found=f"{len(text):,} characters")
    return text


def read_path(text: str) -> tuple[str, ...]:
    """Read entries joined by `|`: a category path or bullet points."""
    return tuple(part for part in map(clean, text.split("|")) if part)
