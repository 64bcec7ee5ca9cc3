"""Puts what is declared on a terminal: cells without markup, columns that never break a figure or an id."""

from collections.abc import Iterable
from typing import TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Drawn
from rich.text import Text

from fondly.cli.output import plain, say
from fondly.cli.tables.declaration import Column, Line, Remark, Shown, Style, Table, written

Row = TypeVar("Row")


def draw(shown: Iterable[Shown], console: Console) -> None:
    """Print sections one below the other."""
    for each in shown:
        match each:
            case Remark():
                say(each.text)
            case Line():
                console.print(_text(each), soft_wrap=not each.wraps)
            case Table():
                console.print(Padding.indent(_table(each), each.indent) if each.indent else _table(each))


def _table(declared: Table[Row]) -> Drawn:
    """Draw a table without frames."""
    made = Drawn(
        box=None, show_header=declared.has_header, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in declared.columns:
        made.add_column(
            Text(plain(column.title)),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=not column.fold,
        )
    for row in declared.rows:
        made.add_row(*(_cell(column, row) for column in declared.columns))
    if declared.foot:
        made.add_row(*(Text(plain(written(each)), "bold") for each in declared.foot))
    for column, shown in zip(declared.columns, made.columns, strict=True):
        if limit := column.whole_up_to:
            shown.no_wrap = all(cell_len(str(each)) <= limit for each in shown.cells)
    return made


def _cell(column: Column[Row], row: Row) -> Text:
    made = Text(plain(written(column.value(row))), _style(column.style, row))
    if column.below and (below := column.below(row)):
        made.append("\n").append(plain(written(below)), _style(column.below_style, row))
    return made


def _style(style: Style[Row], row: Row) -> str:
    return style if isinstance(style, str) else style(row)


def _text(line: Line) -> Text:
    made = Text(plain(line.text), line.style)
    return made.append_text(_text(line.rest)) if line.rest else made
