"""Reads labelled texts: what to score, and what its writer is known to feel."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fondly.contracts.records import Sentiment, one_line
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment.labels import Given, Labels
from fondly.evaluation.sentiment.table_files import BadRow, TableRow, read_table

SHOWN_VALUES, SHOWN_CHARS = 5, 20


class Columns(NamedTuple):
    """The names of the columns; `begin` is that of the term's first code point in the text."""

    texts: Sequence[str]
    label: str
    term: str | None = None
    begin: str | None = None

    @property
    def names(self) -> list[str]:
        """All columns that a row must have."""
        return [*self.texts, *(name for name in (self.label, self.term, self.begin) if name)]


@dataclass(frozen=True, slots=True)
class Row:
    """A text and its label; from `begin` to `end` (code points) is the term that the label is about."""

    line: int
    text: str
    label: Sentiment
    begin: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Labelled:
    """The rows of a file, those that cannot be used, and the values of labels that mean nothing."""

    rows: Sequence[Row]
    bad: Sequence[BadRow] = ()
    unmapped: Mapping[str, int] = field(default_factory=dict)

    def sample(self, size: int, *, seed: int) -> "Labelled":
        """Return at most `size` of the rows, drawn by the seed, in the file's order."""
        if size >= len(self.rows):
            return self
        chosen = np.random.default_rng(seed).choice(len(self.rows), size, replace=False)
        return replace(self, rows=[self.rows[index] for index in sorted(chosen)])


class _Unlabelled(NamedTuple):
    line: int
    value: str
    text: str
    begin: int
    end: int


def read_labelled(path: Path, columns: Columns, given: Given) -> Labelled:
    """Read a table's rows, joining columns of text; raise `EvaluationError` if no label means anything."""
    found: list[_Unlabelled] = []
    bad: list[BadRow] = []
    for row in read_table(path, columns.names):
        try:
            found.append(_read(row, columns))
        except ValueError as error:
            bad.append(BadRow(line=row.line, reason=str(error)))
    labels = Labels((each.value for each in found), given)
    rows: list[Row] = []
    unmapped = Counter[str]()
    for line, value, text, begin, end in found:
        label = labels.sentiment(value)
        if label is None or (columns.term and label is Sentiment.MIXED):
            unmapped[value] += 1
        else:
            rows.append(Row(line, text, label, begin, end))
    if not rows:
        raise EvaluationError(f"{path}: {_why_nothing(bad, unmapped)}")
    return Labelled(rows, bad, dict(unmapped.most_common()))


def _read(row: TableRow | BadRow, columns: Columns) -> _Unlabelled:
    """Return what a row holds; raise `ValueError` with the reason if it cannot be used."""
    if isinstance(row, BadRow):
        raise ValueError(row.reason)  # noqa: TRY004 - the row's fault, as any other
    values = row.values
    if missing := [name for name in columns.names if name not in values]:
        raise ValueError(f"there is no {', '.join(missing)}")
    value = values[columns.label].strip()
    if not value:
        raise ValueError(f"{columns.label} is empty")
    text = values[columns.texts[0]] if columns.term else one_line(*(values[name] for name in columns.texts))
    if not text.strip():
        raise ValueError(f"{', '.join(columns.texts)} is empty")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text is not valid Unicode")
    return _Unlabelled(row.line, value, text, *_span(text, values, columns))


def _span(text: str, values: Mapping[str, str], columns: Columns) -> tuple[int, int]:
    """Return where the term begins and ends; its first occurrence if no column says."""
    if columns.term is None:
        return 0, 0
    term = values[columns.term]
    begin = text.find(term) if columns.begin is None else _whole_number(values[columns.begin], columns.begin)
    if not term.strip() or begin < 0 or not text.startswith(term, begin):
        place = "in the text" if columns.begin is None else f"where {columns.begin} says"
        raise ValueError(f"{columns.term} is not {place}")
    return begin, begin + len(term)


def _whole_number(text: str, column: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(f"{column} is not a whole number")
    return int(text)


def _why_nothing(bad: Sequence[BadRow], unmapped: Counter[str]) -> str:
    if unmapped:
        values = ", ".join(repr(value[:SHOWN_CHARS]) for value, _ in unmapped.most_common(SHOWN_VALUES))
        return f"no label has a known meaning: found {values}; say what they mean with --map VALUE=LABEL"
    first = f": line {bad[0].line}: {bad[0].reason}" if bad else ""
    return f"no row can be used{first}"
