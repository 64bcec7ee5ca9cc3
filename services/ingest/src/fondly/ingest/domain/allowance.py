"""What reading a file may take, by its size: what is small is refused soon, whatever it claims to hold."""

from typing import NamedTuple

from fondly.ingest.domain.errors import FileError

MIB = 1024 * 1024
WORKBOOK_PER_BYTE, CSV_PER_BYTE, PARQUET_PER_BYTE = 50, 100, 1_000
"""What a file may unpack to: several times what usual ones do. Parquet says a text once for all its rows."""
MAX_MEMORY_MIB = 448


class Allowance(NamedTuple):
    """What reading a file of `file_bytes` may take."""

    file_bytes: int

    def unpacked_bytes(self, per_byte: int, *, max_bytes: int) -> int:
        """How much it may unpack to, at most `max_bytes`."""
        return min(max_bytes, 16 * MIB + per_byte * self.file_bytes)

    @property
    def rows(self) -> int:
        """How many rows it may have."""
        return 100_000 + self.file_bytes // 2

    @property
    def memory_mib(self) -> int:
        """How much memory of its own a reader may have."""
        return min(MAX_MEMORY_MIB, 96 + 24 * self.file_bytes // MIB)

    @property
    def cpu_s(self) -> int:
        """How long a reader may compute: four times what a usual workbook takes."""
        return 3 + self.file_bytes // 50_000

    @property
    def wait_s(self) -> int:
        """How long a reader may be waited for: ten times what a usual workbook takes."""
        return 7 + self.file_bytes // 20_000

    def exceeded(self, what: str) -> FileError:
        """Return the error that reading takes more than `what`."""
        return FileError(
            f"reading takes more than {what}, the limit for {self.file_bytes:,} bytes: save the table as CSV"
        )
