"""Tables for people: cells without markup, ages, columns that never break a figure or an id."""

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from fondly.cli.output import plain
from fondly.contracts.clock import utc_now

UNKNOWN = "\N{EN DASH}"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def cell(value: object, style: str = "") -> Text:
    """A table's cell: plain text without markup, a dash for None."""
    return Text(UNKNOWN if value is None else plain(str(value)), style)


def table(*columns: str, right: Sequence[str] = (), fold: str = "") -> Table:
    """A table without frames; the column `fold` takes the remaining width and wraps its text."""
    made = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in right else "left",
            overflow="fold",
            no_wrap=name != fold,
        )
    return made


def wrap_beyond(shown: Table, name: str, characters: int) -> Table:
    """Let a column whose rows are all there wrap, too, if it has a cell that is longer than that."""
    column = next(each for each in shown.columns if each.header == name)
    column.no_wrap = all(cell_len(str(each)) <= characters for each in column.cells)
    return shown


def age(seconds: float | None) -> str:
    """Format an age in its two largest units: `12 s`, `5 min`, `3 h 20 min`, `4 d 2 h`."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min"
    if whole < _DAY_S:
        return _pair(whole // _HOUR_S, "h", whole % _HOUR_S // _MINUTE_S, "min")
    return _pair(whole // _DAY_S, "d", whole % _DAY_S // _HOUR_S, "h")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 customer`, `1,500 customers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def since(moment: datetime) -> float:
    """Seconds from a moment to now."""
    return (utc_now() - moment).total_seconds()


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
