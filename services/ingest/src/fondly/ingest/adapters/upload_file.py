"""Opens a text file on disk, plain or gzip, enforces its size limit and tells how far it has been read."""

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fondly.ingest.domain.allowance import CSV_PER_BYTE, Allowance
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_signature import GZIP, HEAD_BYTES, require_csv

BUFFER_BYTES = 256 * 1024


def go_on() -> None:
    """Never cancel."""


class Upload(io.BufferedReader):
    """The bytes of a file, decompressed."""

    def __init__(self, file: BinaryIO, *, max_bytes: int, check: Callable[[], None]) -> None:
        most = Allowance(os.fstat(file.fileno()).st_size).unpacked_bytes(CSV_PER_BYTE, max_bytes=max_bytes)
        super().__init__(_Bounded(_unpacked(file), max_bytes=most, check=check), BUFFER_BYTES)
        self._file = file

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file on disk have been read, compressed if it is."""
        return self._file.tell()


@contextmanager
def open_upload(path: Path, *, max_bytes: int, check: Callable[[], None] = go_on) -> Iterator[Upload]:
    """Open a CSV file to read it decompressed, or raise `FileError`; `check` is called at every read."""
    with path.open("rb") as file:
        upload = Upload(file, max_bytes=max_bytes, check=check)
        require_csv(upload.peek(HEAD_BYTES)[:HEAD_BYTES])
        yield upload


def _unpacked(file: BinaryIO) -> BinaryIO:
    is_gzip = file.read(len(GZIP)) == GZIP
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[return-value] # in all but name


class _Bounded(io.RawIOBase):
    """Limits the bytes read, and turns gzip errors into `FileError`."""

    def __init__(self, source: BinaryIO, *, max_bytes: int, check: Callable[[], None]) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._check = check

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # what io passes
        self._check()
        try:
            data = self._source.read(len(buffer))
        except EOFError as error:
            raise FileError("gzip file ends too early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FileError(f"gzip file is damaged: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise FileError(f"larger than the limit of {self._max_bytes} bytes")
        buffer[: len(data)] = data
        return len(data)
