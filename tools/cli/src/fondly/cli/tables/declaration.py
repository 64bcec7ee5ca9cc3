"""What people are shown: tables of columns, sheets of facts, lines. `drawing` puts it on a terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from fondly.operations.formatting import UNKNOWN

Row = TypeVar("Row")
Style: TypeAlias = str | Callable[[Row], str]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: the plain value of each row, a dash for None; whole numbers get separators."""

    title: str
    value: Callable[[Row], object]
    style: Style[Row] = ""
    below: Callable[[Row], object] | None = None
    """A second line in the same cell, if it has any text."""
    below_style: Style[Row] = "not bold dim"
    right: bool = False
    fold: bool = False
    """Takes the width that is left, and wraps; other columns never break a figure or an id."""
    whole_up_to: int = 0
    """Wraps as well, but only if a cell is longer than so many characters."""


Columns: TypeAlias = Sequence[Column[Row]]


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows of a model by columns, and below them the cells of a last row, such as totals."""

    columns: Columns[Row]
    rows: Sequence[Row]
    foot: Sequence[object] = ()
    has_header: bool = True
    indent: int = 0


class Number(NamedTuple):
    """How many there are of something, and what else is to be said of them."""

    name: str
    number: int
    why: str = ""
    style: str = ""


def numbers(title: str, rows: Iterable[Number], foot: Sequence[object] = ()) -> Table[Number]:
    """Return a table of numbers."""
    columns = (
        Column[Number](title, lambda row: row.name, lambda row: row.style),
        Column[Number]("number", lambda row: row.number, lambda row: row.style, right=True),
        Column[Number]("", lambda row: row.why, fold=True),
    )
    return Table(columns, list(rows), foot)


class Fact(NamedTuple):
    """A row of a sheet."""

    name: str
    value: object
    style: str = ""


@dataclass(frozen=True)
class Line:
    """A line of text, which may go on in another style."""

    text: str
    style: str = ""
    rest: "Line | None" = None
    wraps: bool = False
    """Whether it is broken between words; else whoever copies it from a terminal gets it whole."""


class Remark(NamedTuple):
    """A line beside the answer: on standard error."""

    text: str


Shown: TypeAlias = Table[Any] | Line | Remark
GAP = Line("")


def sheet(
    facts: Iterable[tuple[str, object] | tuple[str, object, str]],
    *,
    title: str | None = None,
    name_style: str = "",
    right: bool = False,
    indent: int = 0,
) -> Table[Fact]:
    """Return facts as a table of names and values, which has a header only if it has a title."""
    columns = (
        Column[Fact](title or "", lambda fact: fact.name, name_style),
        Column[Fact]("", lambda fact: fact.value, lambda fact: fact.style, right=right, fold=not right),
    )
    rows = [Fact(*each) for each in facts]
    return Table(columns, rows, has_header=title is not None, indent=indent)


def written(value: object) -> str:
    """Return a plain value as text: a dash for None, separators in whole numbers."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else str(value)
