"""Opens a text file on disk, plain or gzip, enforces its size limit and tells how far it has been read."""

import codecs
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fondly.ingest.domain.allowance import CSV_PER_BYTE, Allowance
from fondly.ingest.domain.encodings import UTF8, decoder, encoding_of
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_signature import GZIP, HEAD_BYTES, require_csv

BUFFER_BYTES = 256 * 1024


def go_on() -> None:
    """Never cancel."""


class Upload(io.BufferedReader):
    """The text of a file, decompressed, in UTF-8; a byte that stands for no text is left as 0xff."""

    def __init__(
        self, file: BinaryIO, *, max_bytes: int, check: Callable[[], None], encoding: str | None = None
    ) -> None:
        most = Allowance(os.fstat(file.fileno()).st_size).unpacked_bytes(CSV_PER_BYTE, max_bytes=max_bytes)
        source = _Bounded(_unpacked(file), max_bytes=most, check=check)
        self.is_marked = encoding is None
        self.encoding = encoding or encoding_of(source.peek()) or UTF8
        """That of the file, by its byte order mark if it `is_marked`; what is read of it is UTF-8."""
        text = source if self.encoding == UTF8 else _Transcoded(source, decoder(self.encoding))
        super().__init__(text, BUFFER_BYTES)
        self._file = file

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file on disk have been read, compressed if it is."""
        return self._file.tell()


@contextmanager
def open_upload(
    path: Path, *, max_bytes: int, check: Callable[[], None] = go_on, encoding: str | None = None
) -> Iterator[Upload]:
    """Open a CSV file to read it decompressed, or raise `FileError`; `check` is called at every read.

    Without an `encoding`, it is what the file's byte order mark says, or else UTF-8.
    """
    with path.open("rb") as file:
        upload = Upload(file, max_bytes=max_bytes, check=check, encoding=encoding)
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
        self._ahead = b""

    def peek(self) -> bytes:
        """Return the first bytes, which are still to be read."""
        self._ahead = self._ahead or self._next(HEAD_BYTES)
        return self._ahead

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # what io passes
        data = self._ahead[: len(buffer)] or self._next(len(buffer))
        self._ahead = self._ahead[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        self._check()
        try:
            data = self._source.read(size)
        except EOFError as error:
            raise FileError("gzip file ends too early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FileError(f"gzip file is damaged: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise FileError(f"larger than the limit of {self._max_bytes} bytes")
        return data


class _Transcoded(io.RawIOBase):
    """Text of another encoding as UTF-8, piece by piece."""

    def __init__(self, source: io.RawIOBase, decode: codecs.IncrementalDecoder) -> None:
        self._source, self._decode = source, decode
        self._text, self._is_done = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # what io passes
        while not self._text and not self._is_done:
            data = self._source.read(len(buffer)) or b""
            self._is_done = not data
            self._text = self._decode.decode(data, self._is_done).encode("utf-8", "surrogateescape")
        data, self._text = self._text[: len(buffer)], self._text[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
