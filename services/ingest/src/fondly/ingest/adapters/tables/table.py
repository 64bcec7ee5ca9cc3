"""What all tables have in common."""

from collections.abc import Collection, Iterator
from typing import Protocol

from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord

Found = CSVRecord | BrokenRecord


class Table(Protocol):
    """The rows of a file, in order; each is read once."""

    @property
    def bytes_read(self) -> int:
        """How many of the file's bytes have been read, while it is open."""

    @property
    def bytes_total(self) -> int:
        """The size of the file."""

    def header(self) -> list[str]:
        """Return the names of the columns, which are in the first row; `FileError` if there is none."""

    def only(self, columns: Collection[int]) -> None:
        """Say, between `header` and the first row, which columns are read: the cells of others may be empty.

        Raises `FileError` if one of them cannot be read as text.
        """

    def __iter__(self) -> Iterator[Found]:
        """Yield the rows, each with as many cells as the header has, and those that cannot be read."""


def recorded(cells: list[str]) -> bytes:
    """Return the cells of a row as the text that stands for it in a report on rejected rows."""
    return "\t".join(cells).encode(errors="replace")
