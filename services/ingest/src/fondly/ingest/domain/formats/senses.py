"""What a column's name tells of consent, suppression, deletion and publication: `senses.toml`.

What it tells of what became of an order is in `order_columns.toml`. A name that is known word for word is
in `synonyms.toml`; here are the many that are put together of the same words. Consent to another channel than
email is none of ours, and agreeing to terms or to how data is processed is not clearly one to marketing.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.vocabulary import loosened, own_names, synonyms

CONSENT, SUPPRESSED, DELETED, PUBLISHED = "marketing_consent", "suppressed", "deleted", "is_published"
FLAGS = (CONSENT, SUPPRESSED, DELETED, PUBLISHED)
"""The fields that several columns may have, and that decide who is written to and what is recommended."""
_TABLE = read_table(__package__, "senses.toml")
QUESTIONS: Mapping[str, str] = _TABLE["questions"]
"""What is asked of a column that may be one of the fields."""
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MAX_JOINED = 3
MAX_NAME_CHARS = 100
"""A longer name says too much to be that of a flag."""
_ALIKE = {"returned_quantity": "refunded_quantity", "returned_amount": "refunded_amount"}
_SUBJECTS = {"payment": "payment_status", "delivery": "fulfilment_status", "item": "item_status"}


class Sense(NamedTuple):
    """What a column may be; it counts only if it `is_sure`, or its values tell.

    An `is_weak` name, such as `status`, means nothing by itself; if it `is_inverse`, its yes is the field's
    no; if it `is_dated`, its dates or reasons are a yes; a state has words of its own, not yes and no.
    """

    field: str
    is_sure: bool = True
    is_weak: bool = False
    is_inverse: bool = False
    is_dated: bool = False
    is_state: bool = False


def sense_of(name: str, kind: Kind) -> Sense | None:
    """Return what the name of a column tells; None if nothing that decides about people or products."""
    loose, words = loosened(name), words_of(name[:MAX_NAME_CHARS])
    known = own_names(kind).get(loose) or synonyms(kind).get(loose)
    if known:
        return Sense(known, is_dated="date" in words) if known in FLAGS else None
    if len(name) > MAX_NAME_CHARS:
        return None
    found = next((rule.sense for rule in _RULES if rule.fits(words, kind)), None)
    if found is None or found.field not in FIELDS[kind]:
        return None
    return found._replace(is_dated=loose == "publishedat" if found.field == PUBLISHED else "date" in words)


@dataclass(frozen=True)
class _Rule:
    """What a name tells that has a word of each kind in a group, and none `without` which it has to be."""

    kinds: frozenset[Kind]
    need: tuple[frozenset[str], ...]
    without: frozenset[str] = frozenset()
    sense: Sense | None = None

    def fits(self, words: frozenset[str], kind: Kind) -> bool:
        """Return whether the rule is about such a name in this kind of file."""
        has_all = all(not words.isdisjoint(group) for group in self.need)
        return kind in self.kinds and has_all and words.isdisjoint(self.without)


_RULES = TypeAdapter(tuple[_Rule, ...]).validate_python(
    [each | {"kinds": _TABLE["kinds"][each["kinds"]]} for each in _TABLE["rules"]]
)


@lru_cache(maxsize=4096)
def words_of(name: str, table: str = "senses.toml") -> frozenset[str]:
    """Return the kinds of words in a name, such as `agree` and `email`; `other` if it has further words."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    parts = [part.lower() for part in _PARTS.findall("".join(filter(str.isascii, plain)))]
    spans = range(1, _MAX_JOINED + 1)
    joined = {"".join(parts[at : at + span]) for span in spans for at in range(len(parts))} | {"".join(parts)}
    found = {kind for kind, pattern in _patterns(table).items() if any(map(pattern.fullmatch, joined))}
    if parts[-1:] == ["no"]:  # a number
        found.discard("not")
    patterns = _patterns(table).values()
    is_known = all(any(pattern.fullmatch(part) for pattern in patterns) for part in parts)
    return frozenset(found if is_known else found | {"other"})


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    words = read_table(__package__, table)["words"].items()
    return {kind: re.compile("|".join(map(translate, some))) for kind, some in words}


def field_told_by(name: str) -> str | None:
    """Return the field of orders that a name tells of, put together of its words; None if none."""
    words = words_of(name, "order_columns.toml")
    for how in ("cancelled", "refunded", "returned"):
        if how in words:
            what = "quantity" if "quantity" in words else "amount" if "amount" in words else "at"
            return None if "other" in words else _ALIKE.get(f"{how}_{what}", f"{how}_{what}")
    if words.isdisjoint({"state", "weak"}):
        return None
    of_subject = next((field for subject, field in _SUBJECTS.items() if subject in words), None)
    return of_subject or (None if "other" in words else "status")


def is_weak(name: str) -> bool:
    """Return whether a column of states may as well be about an address."""
    words = words_of(name, "order_columns.toml")
    return "weak" in words and "state" not in words
