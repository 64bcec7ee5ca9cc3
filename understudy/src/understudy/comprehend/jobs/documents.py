"""The documents of a job, and how lines of bytes become some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.comprehend.errors import UNSUPPORTED_ENCODING, DocumentError, document_size_exceeded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire.service import Params


@dataclass(frozen=True, slots=True)
class Document:
    """A document and where it is from; with an `error`, it has no text. `line` is None for a whole file."""

    file: str
    line: int | None
    text: str = ""
    error: DocumentError | None = None

    @classmethod
    def of(cls, content: bytes, *, file: str, line: int | None, max_bytes: int) -> Document:
        """Return the document with this content, which is UTF-8 and not too long, or else its error."""
        if len(content) > max_bytes:
            return cls(file, line, error=document_size_exceeded(max_bytes))
        try:
            return cls(file, line, content.decode())
        except UnicodeDecodeError:
            return cls(file, line, error=UNSUPPORTED_ENCODING)

    def result(self, found: Params) -> Params:
        """Return the line of the output: `found`, or the error."""
        place: Params = {"File": self.file} if self.line is None else {"File": self.file, "Line": self.line}
        if self.error is None:
            return {**place, **found}
        return {**place, "ErrorCode": self.error.code, "ErrorMessage": self.error.message}


class LineSplitter:
    """Cuts a stream of bytes into lines, which end with LF, CR or CRLF.

    It keeps at most one byte more of a line than `max_bytes`, so that a longer one can be told, however long.
    """

    def __init__(self, *, max_bytes: int) -> None:
        self._kept_bytes = max_bytes + 1
        self._rest = b""
        self._after_cr = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that end in the next bytes of the stream."""
        if self._after_cr and chunk:
            chunk, self._after_cr = chunk.removeprefix(b"\n"), False
        self._after_cr |= chunk.endswith(b"\r")
        for piece in chunk.splitlines(keepends=True):
            line = piece.rstrip(b"\r\n")
            self._rest += line[: self._kept_bytes - len(self._rest)]
            if len(line) < len(piece):
                yield self._taken()

    def end(self) -> Iterator[bytes]:
        """Yield the last line, if no line end follows it."""
        if self._rest:
            yield self._taken()

    def _taken(self) -> bytes:
        line, self._rest = self._rest, b""
        return line
