"""What all tables have in common."""

import io
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, Self, TypeVar

from fondly.ingest.domain.allowance import Allowance
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord

Found = CSVRecord | BrokenRecord
Row = TypeVar("Row")


class ReadAs(NamedTuple):
    """A text's encoding where it is not UTF-8 alone, and what told it; `is_mixed` if some lines have none."""

    encoding: str = ""
    because: str = ""
    is_mixed: bool = False


class Table(Protocol):
    """The rows of a file, in order; each is read once."""

    @property
    def bytes_read(self) -> int:
        """How many of the file's bytes have been read, while it is open."""

    @property
    def read_as(self) -> ReadAs:
        """How its text has been read up to now."""

    def header(self) -> list[str]:
        """Return the names of the columns, which are in the first row; `FileError` if there is none."""

    def only(self, columns: Collection[int]) -> None:
        """Say, between `header` and the first row, which columns are read; `FileError` if one is no text."""

    def __iter__(self) -> Iterator[Found]:
        """Yield the rows, each with as many cells as the header has, and those that cannot be read."""


def recorded(cells: list[str]) -> bytes:
    """Return the cells of a row as the text that stands for it in a report on rejected rows."""
    return "\t".join(cells).encode(errors="replace")


def bounded(rows: Iterable[Row], allowance: Allowance) -> Iterator[Row]:
    """Yield rows; `FileError` if there are more than a file of this size may have."""
    for count, row in enumerate(rows, start=1):
        if count > allowance.rows:
            raise allowance.exceeded(f"{allowance.rows:,} rows")
        yield row


class CountedFile(io.FileIO):
    """Counts the bytes that are read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._bytes_read = 0
        self._bytes_total = path.stat().st_size

    @property
    def bytes_read(self) -> int:
        """How many bytes have been read, at most the file's size, although some may be read twice."""
        return min(self._bytes_read, self._bytes_total)

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes."""
        data = super().read(-1 if size is None else size) or b""
        self._bytes_read += len(data)
        return data

    def __enter__(self) -> Self:
        return self
