"""What the cells of a workbook say."""

from datetime import date, time, timedelta
from typing import Any, Protocol

from openpyxl.utils.escape import unescape

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.plain_values import excel_number, moment_text


class Cell(Protocol):
    """A cell as openpyxl has it."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever the cell holds
        """What the cell holds; of a formula, what it last came to."""

    @property
    def data_type(self) -> str:
        """`e` for an error."""

    @property
    def number_format(self) -> str:
        """How a number is shown."""


def cell_text(cell: Cell) -> str:
    """Return what a cell says; `UnreadableError` if that is an error."""
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            raise UnreadableError("a value", found=f"Excel's error {value}")
        return unescape(value) if "_x" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return excel_number(value, cell.number_format or "")
    if isinstance(value, date | time | timedelta):
        return moment_text(value)
    return str(value)
