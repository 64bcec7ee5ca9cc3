"""Reads yes and no, consent, suppression and stock, by the words of shop systems of most of Europe."""

import re
from collections.abc import Mapping

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain

_GAPS = re.compile(r"[\s_./'-]+")
_SCHEMA_ORG = re.compile(r"(?:https?://)?(?:www\.)?schema\.org/", re.IGNORECASE)
_MAX_CHARS = 60


def _folded(text: str) -> str:
    return _GAPS.sub("", text.casefold())


def _words(column: str) -> dict[str, bool]:
    """Return the answers that a column may have, by their words."""
    said = _TABLE[column]
    return {_folded(word): answer for answer, name in ((True, "yes"), (False, "no")) for word in said[name]}


_TABLE = read_table(__package__, "flags.toml")
_YES_NO = _words("yes_no")
_CONSENT, _SUPPRESSION, _STOCK = (_YES_NO | _words(each) for each in ("consent", "suppression", "stock"))


def read_yes_no(text: str) -> bool:
    """Read yes or no."""
    return _read(text, _YES_NO, "yes or no")


def read_consent(text: str) -> bool:
    """Read whether somebody agreed to marketing; what falls short of that, such as `pending`, is a no."""
    return _read(text, _CONSENT, "yes or no, or a state such as subscribed or unsubscribed")


def read_suppression(text: str) -> bool:
    """Read whether somebody must not be written to: yes or no, `bounced`, `active` and so on."""
    return _read(text, _SUPPRESSION, "yes or no, or a state such as bounced or subscribed")


def read_stock_state(text: str) -> bool:
    """Read whether a product can be sent at once: yes, `in stock`, schema.org's ItemAvailability, etc."""
    return _read(_SCHEMA_ORG.sub("", text, count=1), _STOCK, "in stock or out of stock, or yes or no", text)


def _read(text: str, answers: Mapping[str, bool], expected: str, found: str | None = None) -> bool:
    answer = answers.get(_folded(plain(text))) if len(text) <= _MAX_CHARS else None
    if answer is None:
        raise UnreadableError(expected, text if found is None else found)
    return answer
