"""Opens an upload on disk, plain or gzip, and enforces its size limit."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from encore.ingest.domain.errors import FileError
from encore.ingest.domain.file_signature import GZIP, HEAD_BYTES, require_csv

BUFFER_BYTES = 256 * 1024


@contextmanager
def open_upload(path: Path, *, max_bytes: int) -> Iterator[BinaryIO]:
    """Open a CSV file for reading bytes, decompressed.

    Raises `FileError` if its first bytes show that it is not CSV and, during reading, if it exceeds
    `max_bytes` or its compression is damaged.
    """
    with path.open("rb") as file:
        source: BinaryIO = file
        if file.peek(len(GZIP))[: len(GZIP)] == GZIP:
            source = gzip.GzipFile(fileobj=file)  # type: ignore[assignment] # a BinaryIO in all but name
        bounded = io.BufferedReader(_Bounded(source, max_bytes=max_bytes), BUFFER_BYTES)
        require_csv(bounded.peek(HEAD_BYTES)[:HEAD_BYTES])
        yield bounded


class _Bounded(io.RawIOBase):
    """Limits the bytes read, and turns gzip errors into `FileError`."""

    def __init__(self, source: BinaryIO, *, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._left = max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # what io passes
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
