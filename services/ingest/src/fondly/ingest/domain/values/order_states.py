"""Reads what a shop says of an order, by the words of `order_states.toml`: whether it is a purchase."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.vocabulary import loosened
from fondly.ingest.domain.values.flags import answer

PAYMENT, FULFILMENT = "payment_status", "fulfilment_status"
KEPT = ""
"""The order stands."""


class Cause(StrEnum):
    """Why a line of an order is no purchase; where columns give several, the first of them counts."""

    CANCELLED = "cancelled"
    FRAUD = "fraud"
    FAILED = "failed"
    VOIDED = "voided"
    EXPIRED = "expired"
    DRAFT = "draft"
    REFUNDED = "refunded"
    RETURNED = "returned"
    UNPAID = "unpaid"


RETURNS = frozenset({Cause.REFUNDED, Cause.RETURNED})
"""What somebody had, and gave back."""
_BEFORE_PAYING = {Cause.UNPAID, Cause.DRAFT, Cause.EXPIRED}
_TABLE = read_table(__package__, "order_states.toml")
_WORDS = {group: tuple(map(loosened, stems)) for group, stems in _TABLE["words"].items()}
_NOT = frozenset(_WORDS.pop("not"))


def _phrases(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    causes = [KEPT, *Cause]
    return {loosened(text): cause for cause in causes for text in table.get(cause or "kept", ())}


_PHRASES = _phrases(_TABLE["phrases"])
_OF_PAYMENT = _PHRASES | _phrases(_TABLE["phrases"][PAYMENT])
_CLOSED, _MARKS = (frozenset(map(loosened, _TABLE["magento"][name])) for name in ("closed", "marks"))


def first_of(causes: Iterable[str]) -> str:
    """Return the cause that counts; `KEPT` if there is none."""
    found = set(causes)
    return next((cause for cause in Cause if cause in found), KEPT)


def read_states(texts: Iterable[str], field: str) -> dict[str, str | None]:
    """Return what each text of a column of states means: `KEPT`, a `Cause`, or None if nobody knows."""
    found = {text: _read(text, field) for text in texts}
    if field != FULFILMENT and not _MARKS.isdisjoint(map(loosened, found)):
        found |= {text: Cause.REFUNDED for text in found if loosened(text) in _CLOSED}
    return found


def has_happened(text: str) -> bool:
    """Return whether a cell says that something has happened: by any text but no, and dates of zeros."""
    said, digits = answer("yes_no", text), [int(char) for char in text if char.isdecimal()]
    return (any(digits) or not digits) if said is None else said


@lru_cache(maxsize=4096)
def _read(text: str, field: str) -> str | None:
    text = text.strip().removeprefix("wc-")
    phrases = _OF_PAYMENT if field == PAYMENT else _PHRASES
    found = phrases.get(loosened(text), _by_words(text))
    if field != FULFILMENT or found not in {None, *_BEFORE_PAYING}:
        return found
    return KEPT if any(map(str.isalpha, text)) else None  # what has not been sent yet is bought


def _by_words(text: str) -> str | None:
    """Return what the words of a text come to; None if they say nothing, or contradict each other."""
    words = [loosened(word) for word in re.findall(r"[^\W\d_]+", text)]
    found = {group for word in words for group, stems in _WORDS.items() if word.startswith(stems)}
    found |= {"not"} if _NOT.intersection(words) else set()
    cause = first_of(found)
    if "partly" in found:
        return KEPT
    if Cause.FAILED in found and RETURNS & found:
        return None
    if "not" in found:
        return Cause.UNPAID if not cause and found & {"paid", "payment"} else None
    if cause:
        return cause
    if "waiting" in found and ("payment" in found or not found & {"kept", "paid"}):
        return Cause.UNPAID
    return KEPT if found & {"kept", "paid"} else None
