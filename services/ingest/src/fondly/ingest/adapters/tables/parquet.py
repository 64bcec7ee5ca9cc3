"""Tables in Parquet files, read batch by batch by arro3, the Python binding of Arrow's Rust library."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from arro3.core import Array, DataType, RecordBatch, RecordBatchReader
from arro3.io import read_parquet

from fondly.ingest.adapters.tables.table import CountedFile, Found, ReadAs, recorded
from fondly.ingest.domain.csv_lines import MAX_RECORD_BYTES
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord
from fondly.ingest.domain.errors import FileError, glimpse, long_record
from fondly.ingest.domain.formats.vocabulary import MAX_COLUMNS
from fondly.ingest.domain.plain_values import moment_text, number_text, single_text

BATCH_ROWS = 256
"""Bounds the memory that long texts repeated by a dictionary can take."""

_UNREADABLE = (
    DataType.is_nested,
    DataType.is_binary,
    DataType.is_large_binary,
    DataType.is_binary_view,
    DataType.is_fixed_size_binary,
)
Write = Callable[[object], str]


class ParquetTable:
    """The rows of a Parquet file; the first is line 2, as it would be in CSV."""

    def __init__(self, file: CountedFile, batches: RecordBatchReader, *, max_bytes: int) -> None:
        self._file = file
        self._batches = batches
        self._left = self._max_bytes = max_bytes
        self._types = list(zip(batches.schema.names, batches.schema.types, strict=True))
        self._used: Collection[int] = range(len(self._types))

    read_as = ReadAs()

    @property
    def bytes_read(self) -> int:
        """How many of the file's bytes have been read."""
        return self._file.bytes_read

    def header(self) -> list[str]:
        """Return the names of the columns."""
        if not self._types:
            raise FileError("the file is empty")
        if len(self._types) > MAX_COLUMNS:
            raise FileError(f"found {len(self._types)} columns, expected at most {MAX_COLUMNS}")
        return [name for name, _ in self._types]

    def only(self, columns: Collection[int]) -> None:
        """Say which columns are read; raises `FileError` if one of them holds lists, structures or bytes."""
        self._used = sorted(columns)
        self._writers()

    def __iter__(self) -> Iterator[Found]:
        writers = self._writers()
        line = 2
        while (batch := self._next()) is not None:
            for values in zip(*self._columns(batch), strict=True):
                yield self._record(line, values, writers)
                line += 1

    def _writers(self) -> dict[int, Write]:
        return {at: _writer(*self._types[at]) for at in self._used}

    def _next(self) -> RecordBatch | None:
        with _damage_named():
            batch = next(self._batches, None)
        self._left -= batch.nbytes if batch else 0
        if self._left < 0:
            raise FileError(f"larger than the limit of {self._max_bytes} bytes")
        return batch

    def _columns(self, batch: RecordBatch) -> Sequence[Sequence[object]]:
        with _damage_named():
            return [_values(batch.column(at)) for at in self._used] or [[None] * batch.num_rows]

    def _record(self, line: int, values: Sequence[object], writers: dict[int, Write]) -> Found:
        texts = [""] * len(self._types)
        for (at, write), value in zip(writers.items(), values, strict=True):
            if value is not None:
                texts[at] = write(value)
        raw = recorded(texts)
        if len(raw) > MAX_RECORD_BYTES:
            return BrokenRecord(line, long_record(MAX_RECORD_BYTES), None, raw[:MAX_RECORD_BYTES])
        return CSVRecord(line, texts, raw)


@contextmanager
def open_parquet(path: Path, *, max_bytes: int) -> Iterator[ParquetTable]:
    """Open a Parquet file."""
    if path.stat().st_size > max_bytes:
        raise FileError(f"larger than the limit of {max_bytes} bytes")
    with CountedFile(path) as file:
        with _damage_named():
            batches = read_parquet(file, batch_size=BATCH_ROWS)
        yield ParquetTable(file, batches, max_bytes=max_bytes)


def _values(column: Array) -> Sequence[object]:
    found: object = column.to_pylist()  # typed as an array of numpy, but a list
    return cast("Sequence[object]", found)


def _writer(name: str, kind: DataType) -> Write:
    if any(is_so(kind) for is_so in _UNREADABLE):
        shown = str(kind).partition("<")[2].strip().removesuffix(">")
        remedy = "write it as text, or list it in mapping.yaml under ignore"
        raise FileError(f"found {shown} in column {glimpse(name)!r}, expected single values: {remedy}")
    return _single if DataType.is_float32(kind) else _plain


def _single(value: object) -> str:
    return single_text(cast("float", value))


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return number_text(value)
    return moment_text(value) if isinstance(value, date | time | timedelta) else str(value)


@contextmanager
def _damage_named() -> Iterator[None]:
    """Name the file's damage; the library panics at some, which Python sees as a `BaseException`."""
    try:
        yield
    except MemoryError:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise FileError("the Parquet file is damaged or was not uploaded to its end") from error
        raise
