"""What a column's name tells of what became of an order, by its words in `order_columns.toml`."""

import re
import unicodedata
from fnmatch import translate
from functools import lru_cache

from fondly.ingest.domain.data import read_table

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORDS = {
    kind: re.compile("|".join(map(translate, words)))
    for kind, words in read_table(__package__, "order_columns.toml").items()
}


_SUBJECTS = {"payment": "payment_status", "delivery": "fulfilment_status", "item": "item_status"}


@lru_cache(maxsize=4096)
def field_told_by(name: str) -> str | None:
    """Return the field of orders that a name tells of, put together of its words; None if none."""
    kinds = _kinds(name)
    words = {kind for found in kinds for kind in found}
    if not words.isdisjoint({"cancelled", "refunded", "returned"}):
        return _undone(words) if all(kinds) else None
    if words.isdisjoint({"state", "weak"}):
        return None
    of_subject = next((field for subject, field in _SUBJECTS.items() if subject in words), None)
    return of_subject or ("status" if all(kinds) else None)


@lru_cache(maxsize=4096)
def is_weak(name: str) -> bool:
    """Return whether a column of states may as well be about an address."""
    words = {kind for found in _kinds(name) for kind in found}
    return "weak" in words and "state" not in words


def _kinds(name: str) -> list[set[str]]:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    parts = [part.lower() for part in _PARTS.findall("".join(filter(str.isascii, plain)))]
    return [{kind for kind, pattern in _WORDS.items() if pattern.fullmatch(part)} for part in parts]


def _undone(words: set[str]) -> str | None:
    how = next(each for each in ("cancelled", "refunded", "returned") if each in words)
    if "quantity" in words:
        return "cancelled_quantity" if how == "cancelled" else "refunded_quantity"
    if "amount" in words:
        return None if how == "cancelled" else "refunded_amount"
    return f"{how}_at"
