"""Reads yes and no, consent, suppression, deletion, publication and stock, by the words of shop systems."""

import re
from functools import lru_cache

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain

_GAPS = re.compile(r"(?<=[01])[.,]0+$|[\s_./',]+|-(?![0-9])")
_SCHEMA_ORG = re.compile(r"(?:https?://)?(?:www\.)?schema\.org/", re.IGNORECASE)
_MAX_CHARS = 60


def _folded(text: str) -> str:
    return _GAPS.sub("", text.casefold())


def _words(column: str) -> dict[str, bool]:
    """Return the answers that a column may have, by their words."""
    said = _TABLE[column]
    return {_folded(word): answer for answer, name in ((True, "yes"), (False, "no")) for word in said[name]}


_TABLE = read_table(__package__, "flags.toml")
YES, NO = ("", "yes"), ("", "no")
"""What columns that were read already say, or say nothing: anything else is the cautious answer."""
_YES_NO = _words("yes_no")
_OWN = {field: _words(field) for field in _TABLE}
_ANSWERS = {field: _YES_NO | own for field, own in _OWN.items()}


@lru_cache(maxsize=4096)
def answer(field: str, text: str, *, is_own: bool = False) -> bool | None:
    """Return what a cell of the field says, None if that is unknown; yes and no if not only its own words."""
    answers = _OWN if is_own else _ANSWERS
    return answers[field].get(_folded(plain(text))) if len(text) <= _MAX_CHARS else None


def read_consent(text: str) -> bool:
    """Read whether somebody agreed to marketing; what falls short of that, such as `pending`, is a no."""
    return _read("marketing_consent", text, "yes or no, or a state such as subscribed or unsubscribed")


def read_suppression(text: str) -> bool:
    """Read whether somebody must not be written to: yes or no, `bounced`, `active` and so on."""
    return _read("suppressed", text, "yes or no, or a state such as bounced or subscribed")


def read_stock_state(text: str) -> bool:
    """Read whether a product can be sent at once: yes, `in stock`, schema.org's ItemAvailability, etc."""
    bare = _SCHEMA_ORG.sub("", text, count=1)
    return _read("in_stock", bare, "in stock or out of stock, or yes or no", text)


def _read(field: str, text: str, expected: str, found: str | None = None) -> bool:
    said = answer(field, text)
    if said is None:
        raise UnreadableError(expected, text if found is None else found)
    return said
