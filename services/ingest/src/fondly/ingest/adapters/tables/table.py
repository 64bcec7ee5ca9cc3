"""What all tables have in common."""

import io
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Protocol, Self

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


class WatchedFile(io.FileIO):
    """Calls `check` at every read and counts the bytes."""

    def __init__(self, path: Path, *, check: Callable[[], None]) -> None:
        super().__init__(path)
        self._check = check
        self._bytes_read = 0
        self.bytes_total = path.stat().st_size

    @property
    def bytes_read(self) -> int:
        """How many bytes have been read, at most the file's size, although some may be read twice."""
        return min(self._bytes_read, self.bytes_total)

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes."""
        self._check()
        data = super().read(-1 if size is None else size) or b""
        self._bytes_read += len(data)
        return data

    def __enter__(self) -> Self:
        return self
