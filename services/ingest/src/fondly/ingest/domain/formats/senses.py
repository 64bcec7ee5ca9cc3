"""What a column's name tells of consent, suppression, deletion and publication: `senses.toml`.

A name that is known word for word is in `synonyms.toml`; here are the many that are put together of the same
words. Consent to another channel than email is none of ours, and agreeing to terms or to how data is
processed is not clearly a consent to marketing.
"""

import re
import unicodedata
from collections.abc import Mapping
from fnmatch import translate
from functools import cache, lru_cache
from typing import NamedTuple

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


class Sense(NamedTuple):
    """What a column may be; it counts only if it `is_sure`, or its values tell.

    An `is_weak` name, such as `status`, means nothing by itself; if it `is_inverse`, its yes is the field's
    no; if it `is_dated`, its dates say since when; a `state` has words of its own, not yes and no.
    """

    field: str
    is_sure: bool = True
    is_weak: bool = False
    is_inverse: bool = False
    is_dated: bool = False
    is_state: bool = False


def sense_of(name: str, kind: Kind) -> Sense | None:
    """Return what the name of a column tells; None if nothing that decides about people or products."""
    loose = loosened(name)
    known = own_names(kind).get(loose) or synonyms(kind).get(loose)
    words = words_of(name)
    if known:
        return Sense(known, is_dated="date" in words) if known in FLAGS else None
    if "beside" in words:
        return None
    found = _of_product(words) if kind is Kind.PRODUCTS else _of_people(words, kind)
    if found is None and kind is Kind.COMBINED and not words.isdisjoint({"published", "hidden"}):
        found = _of_product(words)
    if found is None or found.field not in FIELDS[kind]:
        return None
    is_dated = loose == "publishedat" if found.field == PUBLISHED else "date" in words
    return found._replace(is_dated=is_dated)


def _of_product(words: frozenset[str]) -> Sense | None:
    if not words.isdisjoint({"hidden", "deleted", "blocked"}) or {"not", "published"} <= words:
        return Sense(DELETED, is_sure="other" not in words)
    if "other" in words:
        return None
    if "test" in words:
        return Sense(DELETED, is_weak=True)
    return None if words.isdisjoint({"published", "active", "state"}) else Sense(PUBLISHED, is_weak=True)


def _of_people(words: frozenset[str], kind: Kind) -> Sense | None:
    if "channel" in words and words.isdisjoint({"email", "newsletter"}):
        return None
    wanted = words & {"consent", "agree", "subscribe", "newsletter", "marketing", "email", "contact"}
    if "unsubscribe" in words or ("not" in words and wanted):
        return Sense(SUPPRESSED)
    is_of_customer = kind in {Kind.CUSTOMERS, Kind.COMBINED}
    if is_of_customer and "blocked" in words:
        return Sense(SUPPRESSED)
    if "deleted" in words or ("test" in words and "other" not in words):
        return Sense(DELETED, is_weak="deleted" not in words)
    return _consent(words, is_of_customer=is_of_customer) or _state(words, kind)


def _consent(words: frozenset[str], *, is_of_customer: bool) -> Sense | None:
    is_agreed = not words.isdisjoint({"consent", "agree", "subscribe"})
    is_ours = "newsletter" in words or (is_agreed and not words.isdisjoint({"marketing", "email"}))
    if is_ours or {"marketing", "email"} <= words or ("subscribe" in words and "legal" not in words):
        return Sense(CONSENT)
    if "marketing" in words:
        return Sense(CONSENT, is_weak=True)
    if "legal" in words:
        return Sense(CONSENT, is_sure=False, is_weak=not is_agreed)
    is_open = "consent" in words or {"agree", "contact"} <= words
    return Sense(CONSENT, is_sure=False) if is_open and is_of_customer else None


def _state(words: frozenset[str], kind: Kind) -> Sense | None:
    is_on = {"email", "reached"} <= words or ("active" in words and "other" not in words)
    if kind is not Kind.CUSTOMERS or not (is_on or "state" in words):
        return None
    return Sense(SUPPRESSED, is_weak=True, is_inverse=is_on, is_state=not is_on)


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """Return the kinds of words in a name, such as `agree` and `email`; `other` if it has further words."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    parts = [part.lower() for part in _PARTS.findall("".join(filter(str.isascii, plain)))]
    spans = range(1, _MAX_JOINED + 1)
    joined = {"".join(parts[at : at + span]) for span in spans for at in range(len(parts))} | {"".join(parts)}
    found = {kind for kind, pattern in _patterns().items() if any(map(pattern.fullmatch, joined))}
    if parts[-1:] == ["no"]:  # a number
        found.discard("not")
    patterns = _patterns().values()
    is_known = all(any(pattern.fullmatch(part) for pattern in patterns) for part in parts)
    return frozenset(found if is_known else found | {"other"})


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(map(translate, words))) for kind, words in _TABLE["words"].items()}
