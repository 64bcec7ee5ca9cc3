"""Tables for people: cells without markup, columns that never break a figure or an id."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from fondly.cli.output import plain
from fondly.operations.formatting import UNKNOWN


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
