"""Decides by name and values whether a column is read as consent, suppression, deletion or publication.

What is not clear becomes a question with the line that answers it. A few cells that cannot be read are no
question: they count as the cautious answer. A value that stands in several cells is a code with a meaning.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.flag_columns import WORDS, FlagColumn
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.senses import (
    CONSENT,
    DELETED,
    FLAGS,
    PUBLISHED,
    QUESTIONS,
    SUPPRESSED,
    Sense,
    sense_of,
)
from fondly.ingest.domain.formats.vocabulary import loosened
from fondly.ingest.domain.values import flags
from fondly.ingest.domain.values.cell_counts import CellCounts, is_date

A_CODE = 3
"""An unknown value in as many cells is no slip of the pen."""
FEW = 0.05
"""Nor are unknown values in a greater share of a column's filled cells, if there are `A_CODE` of them."""
EXCLUDING = (SUPPRESSED, DELETED)
"""The fields whose yes excludes; that of the others includes."""
_OF_ITEMS = (Kind.ORDERS, Kind.REVIEWS)
MAX_STATES = 20
"""A column whose name says little has no more values than this if it is a state."""
NO_CONSENT = Question(
    file="",
    column="",
    field=CONSENT,
    text="no column says who agreed to marketing emails",
    remedy="columns: {YOUR COLUMN: marketing_consent}, or set shop.consent_not_required to the reason",
)
"""What is asked of a set without consent."""


@dataclass(frozen=True)
class FlagCandidate:
    """A column that may be one of the fields, and what stands in it; `at` is as in `FlagColumn`.

    If it `is_read`, it is the field's by its exact name or the mapping; `is_mapped` if by the latter.
    """

    name: str
    sense: Sense
    at: int | None = None
    is_read: bool = False
    is_mapped: bool = False
    meanings: Mapping[str, str] = field(default_factory=dict)
    cells: CellCounts = field(default_factory=CellCounts)

    def known(self, text: str) -> bool | None:
        """Return whether a value is a yes of the field; None if that is unknown."""
        words = PUBLISHED if self.sense.is_inverse else self.sense.field
        said = flags.answer(words, self.meanings.get(text.casefold(), text), is_own=self.sense.is_state)
        return None if said is None else said is not self.sense.is_inverse

    def read(self, *, by_date: bool = False) -> FlagColumn:
        """Return how the column is read."""
        no_date = "no" if by_date and self.sense.field == PUBLISHED else ""
        return FlagColumn(self.at, self.name, by_date, no_date, self.sense.is_inverse, self.meanings)


def candidates(layout: Layout, mapping: FileMapping) -> list[FlagCandidate]:
    """Return the columns of a file that may be one of the fields, first those that the format reads."""
    said = {loosened(name): meant for name, meant in mapping.columns.items() if meant in FLAGS}
    read = [name for name in FLAGS if layout.says(name)]
    named = {name: layout.columns.get(name, "constants") for name in read}
    found = [
        FlagCandidate(column, Sense(name), is_read=True, is_mapped=loosened(column) in said)
        for name, column in named.items()
    ]
    for at, name in enumerate(layout.header):
        meant = said.get(loosened(name))
        sense = Sense(meant) if meant else sense_of(name, layout.kind)
        if sense and at not in layout.used and name in layout.ignored:
            meanings = {text.casefold(): each for text, each in mapping.values.get(sense.field, {}).items()}
            found.append(FlagCandidate(name, sense, at, bool(meant), bool(meant), meanings))
    return found


def judge(
    file: str, kind: Kind, columns: Sequence[FlagCandidate]
) -> tuple[dict[str, list[FlagColumn]], list[Question]]:
    """Return the columns of a table to be read, by field, and what is asked; `file` is its first."""
    read: dict[str, list[FlagColumn]] = {}
    questions = []
    for column in sorted(map(_as_consent, columns), key=lambda each: not each.sense.is_sure):
        is_needed = column.sense.field == CONSENT and not (CONSENT in read or kind in _OF_ITEMS)
        verdict = _judged(file, column, is_needed=is_needed)
        if isinstance(verdict, FlagColumn):
            read.setdefault(column.sense.field, []).append(verdict)
        elif verdict is not None:
            questions.append(verdict)
    return read, questions


def _judged(file: str, column: FlagCandidate, *, is_needed: bool) -> FlagColumn | Question | None:
    """Return how a column is read, or what is asked; None if it tells nothing. See `judge`."""
    filled = column.cells.filled()
    known = {text: column.known(text) for text in filled}
    unknown = {text: count for text, count in filled.items() if known[text] is None}
    if not filled:
        return column.read() if column.is_read else None
    if unknown and all(map(is_date, unknown)):
        return _dated(file, column, cells=sum(unknown.values()))
    if column.sense.is_weak and not column.is_read and not _tells(column, known):
        return None
    if _are_codes(unknown, filled.total(), column.cells.more):
        is_text = column.sense.field in EXCLUDING and len(unknown) == len(filled)
        is_clear = is_text and (column.is_mapped or column.sense.is_dated)
        return column.read(by_date=True) if is_clear else _question(file, column)
    if column.sense.is_sure:
        return column.read()
    return _question(file, column) if is_needed or not _is_harmless(column, known) else None


def _is_harmless(column: FlagCandidate, known: Mapping[str, bool | None]) -> bool:
    """Return whether a column would exclude nobody and nothing, whatever it is."""
    if column.sense.field == CONSENT:
        return all(known.values()) and not column.cells.empty()
    return set(known.values()) == {False}


def _as_consent(column: FlagCandidate) -> FlagCandidate:
    """Return a state such as `subscribed` or `cleaned` as the consent that it is."""
    texts = column.cells.filled()
    if not column.sense.is_state or None in {flags.answer(CONSENT, text, is_own=True) for text in texts}:
        return column
    has_agreed = any(flags.answer(CONSENT, text) and column.known(text) is False for text in texts)
    return replace(column, sense=Sense(CONSENT)) if has_agreed else column


def _dated(file: str, column: FlagCandidate, *, cells: int) -> FlagColumn | Question | None:
    """Who has a date of unsubscription has unsubscribed; only `published_at` of a product's dates tells."""
    sense = column.sense
    if sense.field in EXCLUDING:
        return column.read(by_date=True)
    if sense.field == PUBLISHED:
        return column.read(by_date=True) if sense.is_dated or column.is_read else None
    if column.is_mapped or (sense.is_sure and sense.is_dated):
        return column.read(by_date=True)
    is_slip = column.is_read and cells < A_CODE
    return column.read() if is_slip else _question(file, column)


def _tells(column: FlagCandidate, known: Mapping[str, bool | None]) -> bool:
    """Return whether the values of a column whose name says little are those of its field, or its codes."""
    if len(known) > MAX_STATES or column.cells.more:
        return False
    if len(known) > 1 and all(text.isdigit() and len(text) == 1 for text in known):
        return True
    cautious = column.sense.field in EXCLUDING
    return None not in known.values() or cautious in known.values()


def _are_codes(unknown: Mapping[str, int], filled: int, more: int) -> bool:
    cells = sum(unknown.values()) + more
    return max(unknown.values(), default=0) >= A_CODE or (cells >= A_CODE and cells > FEW * filled)


def _question(file: str, column: FlagCandidate) -> Question:
    sense, values, empty = column.sense, column.cells.shown(), column.cells.empty()
    listed = [f"{text} {count:,}" for text, count in values.items()] or ["many, not shown"]
    told = ", ".join([*listed, *([f"empty {empty:,}"] if empty else [])])
    asked = f"what do the values of `{column.name}` mean as" if column.is_read else f"is `{column.name}`"
    return Question(
        file=file,
        column=column.name,
        field=sense.field,
        values=values,
        text=f"{asked} {QUESTIONS[sense.field]}? values: {told}",
        remedy=_remedy(column, values),
    )


def _remedy(column: FlagCandidate, values: Iterable[str]) -> str:
    """Return the lines that map a column and the values that need a meaning, or have it ignored."""
    name, sense = _quoted(column.name), column.sense
    known = {text: column.known(text) for text in values}
    meant = {
        text: "yes or no" if said is None else WORDS[said]
        for text, said in known.items()
        if said is None or sense.is_inverse
    } or ({"CELL": "yes or no"} if column.is_read else {})
    cells = ", ".join(f"{json.dumps(text, ensure_ascii=False)}: {said}" for text, said in meant.items())
    lines = [] if column.is_read else [f"columns: {{{name}: {sense.field}}}"]
    lines += [f"values: {{{sense.field}: {{{cells}}}}}"] if meant else []
    return f"{' and '.join(lines)}, or ignore: [{name}]"


def _quoted(name: str) -> str:
    """Return a name as YAML has it, in quotes if it is not a plain word."""
    is_plain = name.isascii() and name.replace("_", "").isalnum()
    return name if is_plain else json.dumps(name, ensure_ascii=False)
