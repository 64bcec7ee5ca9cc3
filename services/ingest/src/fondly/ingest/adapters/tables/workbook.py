"""Tables in Excel workbooks (XLSX), read row by row in bounded memory by openpyxl."""

import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import openpyxl
from openpyxl.utils.escape import unescape

from fondly.ingest.adapters.tables.table import CountedFile, Found, ReadAs, recorded
from fondly.ingest.domain.csv_lines import MAX_RECORD_BYTES
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord
from fondly.ingest.domain.errors import Fault, FileError, UnreadableError, beyond_header, glimpse, long_record
from fondly.ingest.domain.file_signature import require_xlsx
from fondly.ingest.domain.formats.vocabulary import MAX_COLUMNS
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


MAX_ROWS = 1_048_576
"""Source: "Excel specifications and limits", Microsoft Support."""

_BATCH = 100
_PEEKED_ROWS = 1_000

Row = tuple[int, Sequence[Cell]]


class WorkbookTable:
    """A sheet; the numbers of its rows are the numbers of its lines."""

    def __init__(self, file: CountedFile, rows: Iterator[Row]) -> None:
        self._file = file
        self._rows = rows
        self._width = 0
        self._used: Collection[int] | None = None

    read_as = ReadAs()

    @property
    def bytes_read(self) -> int:
        """How many of the file's bytes have been read."""
        return self._file.bytes_read

    def header(self) -> list[str]:
        """Return the names in the first row that has any."""
        line, cells = next(self._rows, (0, ()))
        if not line:
            raise FileError("the file is empty")
        names = ["" if cell.value is None else cell_text(cell) for cell in cells]
        while not names[-1].strip():
            names.pop()
        if len(names) > MAX_COLUMNS:
            raise FileError(f"line {line}: found {len(names)} columns, expected at most {MAX_COLUMNS}")
        self._width = len(names)
        return names

    def only(self, columns: Collection[int]) -> None:
        """Say which columns are read: an error in another one does no harm."""
        self._used = frozenset(columns)

    def __iter__(self) -> Iterator[Found]:
        return (self._record(line, cells) for line, cells in self._rows)

    def _record(self, line: int, cells: Sequence[Cell]) -> Found:
        texts = [""] * self._width
        for at, cell in enumerate(cells):
            value = cell.value
            if value is None or value == "":
                continue
            if at >= self._width:
                fault = beyond_header(at + 1, self._width)
                return BrokenRecord(line, fault, None, recorded(texts))
            try:
                texts[at] = cell_text(cell)
            except UnreadableError as error:
                if self._used is None or at in self._used:
                    return BrokenRecord(line, Fault(error.found or "", error.expected), at, recorded(texts))
        raw = recorded(texts)
        if len(raw) > MAX_RECORD_BYTES:
            return BrokenRecord(line, long_record(MAX_RECORD_BYTES), None, raw[:MAX_RECORD_BYTES])
        return CSVRecord(line, texts, raw)


@contextmanager
def open_workbook(path: Path, *, max_bytes: int, sheet: str | None) -> Iterator[WorkbookTable]:
    """Open the only sheet of a workbook that holds anything, or the one named."""
    with CountedFile(path) as file:
        with _damage_named():
            _require_bounded(file, max_bytes)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield WorkbookTable(file, _rows(_chosen(book, sheet)))
        finally:
            book.close()


def _require_bounded(file: CountedFile, max_bytes: int) -> None:
    """Raise `FileError` if what the archive says it holds is too much; zipfile reads no more than that."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    require_xlsx(part.filename for part in parts)
    if sum(part.file_size for part in parts) > max_bytes:
        raise FileError(f"larger than the limit of {max_bytes} bytes")


def _chosen(book: openpyxl.Workbook, name: str | None) -> Any:  # noqa: ANN401 - a sheet, untyped in openpyxl
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    listed = ", ".join(repr(glimpse(title)) for title in sheets)
    if name is not None:
        if name not in sheets:
            raise FileError(
                f"found no sheet {glimpse(name)!r}, which mapping.yaml names; the workbook has {listed}"
            )
        return sheets[name]
    filled = [
        title
        for title, sheet in sheets.items()
        if sheet.sheet_state == "visible" and any(_rows(sheet, limit=_PEEKED_ROWS))
    ]
    if len(filled) > 1:
        found = ", ".join(repr(glimpse(title)) for title in filled)
        raise FileError(
            f"found values in the sheets {found}, expected one: name it in mapping.yaml with sheet: NAME"
        )
    if not filled:
        raise FileError("the file is empty")
    return sheets[filled[0]]


def _rows(sheet: Any, *, limit: int | None = None) -> Iterator[Row]:  # noqa: ANN401 - untyped in openpyxl
    """Yield the rows that hold anything with their numbers; the size that a sheet states is not believed."""
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_row=limit or MAX_ROWS + 1), start=1)
    while batch := _batch(rows):
        if batch[-1][0] > MAX_ROWS:
            raise FileError(f"found a row beyond {MAX_ROWS:,}, which is as many as a sheet of Excel can have")
        yield from (
            (line, cells) for line, cells in batch if any(cell.value not in {None, ""} for cell in cells)
        )


def _batch(rows: Iterator[Row]) -> list[Row]:
    with _damage_named():
        return list(islice(rows, _BATCH))


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (FileError, MemoryError):
        raise
    except Exception as error:
        raise FileError(f"the workbook is damaged: {glimpse(str(error))}") from error
