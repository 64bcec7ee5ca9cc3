"""Reads what a shop says of an order, by the words of `order_states.toml`: whether it is a purchase.

Texts that nobody knows become questions.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from json import dumps

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import glimpse
from fondly.ingest.domain.formats.senses import is_weak
from fondly.ingest.domain.formats.vocabulary import loosened
from fondly.ingest.domain.values.cell_counts import MAX_SHOWN, CellCounts
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


States = Mapping[str, CellCounts]
"""The texts of columns of states, by field."""
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


def meanings(states: States) -> dict[str, dict[str, str]]:
    """Return by field what its texts mean, in small letters, as far as somebody knows."""
    read = {field: read_states(cells.filled(), field) for field, cells in states.items()}
    return {
        field: {text.casefold(): meant for text, meant in each.items() if meant is not None}
        for field, each in read.items()
    }


def questions(states: States, file: str, columns: Mapping[str, str]) -> Iterator[Question]:
    """Yield what to ask of the fields, which have these columns; a column of places, `State`, is none."""
    for field, cells in states.items():
        meant = read_states(found := cells.filled(), field)
        unknown = Counter({text: each for text, each in found.items() if meant[text] is None})
        is_of_words = 2 * unknown.total() > found.total() and not any(map(str.isdigit, unknown))
        if unknown and not (is_of_words and is_weak(columns[field])):
            is_any = cells.more or len(unknown) > 2 * MAX_SHOWN or any("@" in text for text in unknown)
            shown = [] if is_any else unknown.most_common(MAX_SHOWN)
            yield _question(file, columns[field], field, {glimpse(text): each for text, each in shown})


def _question(file: str, column: str, field: str, values: dict[str, int]) -> Question:
    told = ", ".join(f"{value} {number:,}" for value, number in values.items()) or "many, not shown"
    blanks = ", ".join(f'{dumps(value, ensure_ascii=False)}: "?"' for value in values)
    meant = f"values: {{{field}: {{{blanks}}}}}, each complete, unpaid, cancelled or refunded, or "
    return Question(
        file=file,
        column=column,
        field=field,
        values=values,
        text=f"what does `{glimpse(column)}` say of an order? values: {told}",
        remedy=f"{meant if values else ''}ignore: [{dumps(column, ensure_ascii=False)}]",
    )
