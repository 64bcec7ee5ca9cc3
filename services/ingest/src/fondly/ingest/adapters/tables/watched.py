"""A file on disk that others read, with its size, how far it has been read, and a check at every read."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Self


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
