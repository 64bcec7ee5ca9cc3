"""What the cells of a column prove about how it is written, and leave open; its memory is bounded."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import NamedTuple

from fondly.ingest.domain.errors import glimpse
from fondly.ingest.domain.values.amounts import MAX_CHARS, Numeral, split_amount
from fondly.ingest.domain.values.characters import plain, shape

MAX_SHAPES = 8192
MAX_OPEN = 256
_DATE = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2[0-9]{4}(?![0-9])")
_DATE_CHARS = 10
_MONTHS = 12


class Example(NamedTuple):
    """The first cell of its kind."""

    line: int
    text: str
    piece: str = ""
    """The name of the file, for a table that is in several."""

    def __str__(self) -> str:
        where = f"{self.piece}, line" if self.piece else "line"
        return f"{where} {self.line}: {glimpse(self.text)!r}"


class Open(NamedTuple):
    """A kind of value that can be read in two ways: its separator, and what stands beside its figures."""

    separator: str
    mark: str = ""


@dataclass
class Tally:
    """How many cells there are with one mark, and the first of them."""

    example: Example | None = None
    cells: int = 0


@dataclass
class Evidence:
    """First examples by what they prove and by what they leave open; cells by what stands beside amounts."""

    proved: dict[str, Example] = field(default_factory=dict)
    open: dict[Open, Example] = field(default_factory=dict)
    marks: dict[str, Tally] = field(default_factory=dict)
    has_overflown: bool = False
    """More has been left open than is remembered."""

    def prove(self, convention: str, example: Example) -> None:
        """Note what a value proves: a decimal mark, or an order of day and month."""
        self.proved.setdefault(convention, example)

    def leave_open(self, kind: Open, example: Example) -> None:
        """Note a value that can be read in two ways."""
        if kind in self.open or len(self.open) < MAX_OPEN:
            self.open.setdefault(kind, example)
        else:
            self.has_overflown = True

    def of_mark(self, mark: str, example: Example) -> Tally:
        """Return the tally of what stands beside an amount: of nothing under ""."""
        if len(self.marks) >= MAX_OPEN:
            return self.marks.get(mark) or Tally()
        return self.marks.setdefault(mark, Tally(example))


class Judge(ABC):
    """Judges the cells of one column; `piece` is the file that they are from, if there are several."""

    def __init__(self) -> None:
        self.evidence, self.piece = Evidence(), ""

    @abstractmethod
    def see(self, text: str, line: int) -> None:
        """Judge a cell."""


class Amounts(Judge):
    """Judges amounts: money with what stands beside it, or numbers."""

    def __init__(self, *, money: bool) -> None:
        super().__init__()
        self._money = money
        self._bare = self.evidence.marks.setdefault("", Tally())
        self._kinds: dict[str, Tally] = {}

    def see(self, text: str, line: int) -> None:
        """Judge a cell unless one of its shape has been judged; whole figures only count."""
        if text.isdigit():
            self._bare.cells += 1
            return
        if len(text) > MAX_CHARS:
            return
        kind = shape(text)
        tally = self._kinds.get(kind)
        if tally is None:
            tally = self._judge(text, Example(line, text, self.piece))
            if len(self._kinds) < MAX_SHAPES:
                self._kinds[kind] = tally
        tally.cells += 1

    def _judge(self, text: str, example: Example) -> Tally:
        """Note what a cell proves and leaves open; return the tally of what stands beside its figures."""
        amount = split_amount(text)
        if amount is None:
            return Tally()
        mark = amount.mark if self._money else ""
        self._note(amount.numeral, mark, example)
        return self.evidence.of_mark(mark, example)

    def _note(self, numeral: Numeral, mark: str, example: Example) -> None:
        if numeral.ambiguous:
            self.evidence.leave_open(Open(numeral.mark, mark), example)
        elif numeral.mark:
            self.evidence.prove(numeral.mark, example)


class Dates(Judge):
    """Judges dates of figures with the year last; all others have one reading."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def see(self, text: str, line: int) -> None:
        """Judge a cell unless one that begins alike has been judged."""
        start = text[:_DATE_CHARS]
        if start in self._seen or text.isdigit():
            return
        if len(self._seen) < MAX_SHAPES:
            self._seen.add(start)
        found = _DATE.match(plain(text))
        if found is not None:
            self._judge(int(found[1]), found[2], int(found[3]), Example(line, text, self.piece))

    def _judge(self, first: int, separator: str, second: int, example: Example) -> None:
        """A day beyond 12 proves the order; a day that is as high as the month reads the same either way."""
        if first == second or max(first, second) > 31 or min(first, second) < 1:  # noqa: PLR2004 - days
            return
        if first <= _MONTHS and second <= _MONTHS:
            self.evidence.leave_open(Open(separator), example)
        elif second <= _MONTHS:
            self.evidence.prove("day-month-year", example)
        elif first <= _MONTHS:
            self.evidence.prove("month-day-year", example)
