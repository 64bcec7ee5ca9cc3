"""Reads a workbook or a Parquet file in a process of its own, which may take no more than its limits.

It answers `contained.py` in frames: the header, then, once told which columns are read, batches of rows, or
the error that ends the reading.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

from fondly.ingest.adapters.tables.table import Found, Table, bounded
from fondly.ingest.domain.allowance import MIB, PARQUET_PER_BYTE, WORKBOOK_PER_BYTE, Allowance
from fondly.ingest.domain.csv_lines import MAX_RECORD_BYTES
from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_signature import Container

FRAME = struct.Struct(">IQ")
"""The bytes of JSON that follow, and how many bytes of the file have been read."""
BATCH_ROWS = 500
BATCH_BYTES = 256 * 1024


def main() -> None:
    """Read the file that the arguments name: its path, container, limit of bytes and sheet."""
    path, container, max_bytes, *sheets = sys.argv[1:]
    allowance, bytes_read = Allowance(Path(path).stat().st_size), 0
    try:
        with _opened(Path(path), container, int(max_bytes), allowance, *sheets) as table:
            for answer in _answers(table, allowance):
                bytes_read = table.bytes_read
                _send(answer, bytes_read)
    except FileError as error:
        _send({"error": str(error)}, bytes_read)
    except ModuleNotFoundError as error:
        _send(
            {"error": f"{error.name} is not installed: the extra fondly-ingest[service] has it"}, bytes_read
        )
    except MemoryError:
        os.abort()  # as Rust does; there is no memory for an answer
    except Exception as error:  # noqa: BLE001 - a library failed at bytes of a stranger
        _send({"error": f"the file is damaged: {type(error).__name__}"}, bytes_read)


def _opened(
    path: Path, container: str, max_bytes: int, allowance: Allowance, sheet: str | None = None
) -> AbstractContextManager[Table]:
    if container == Container.PARQUET:
        from fondly.ingest.adapters.tables.parquet import open_parquet  # noqa: PLC0415 - only if needed

        _limit(allowance)
        return open_parquet(path, max_bytes=allowance.unpacked_bytes(PARQUET_PER_BYTE, max_bytes=max_bytes))
    # openpyxl loads it if it is there, for cells that it writes: 80 MB of address space
    sys.modules["numpy"] = None  # type: ignore[assignment] # how Python marks what must not load
    from fondly.ingest.adapters.tables.workbook import open_workbook  # noqa: PLC0415 - only if needed

    _limit(allowance)
    return open_workbook(
        path, max_bytes=allowance.unpacked_bytes(WORKBOOK_PER_BYTE, max_bytes=max_bytes), sheet=sheet
    )


def _limit(allowance: Allowance) -> None:
    """Limit this process: a signal that ends it tells which limit it has reached."""
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_DATA, allowance.memory_mib * MIB, allowance.memory_mib * MIB),
        (resource.RLIMIT_CPU, allowance.cpu_s, allowance.cpu_s + 1),
    ):
        resource.setrlimit(kind, (soft, hard))


def _answers(table: Table, allowance: Allowance) -> Iterator[dict[str, Any]]:
    yield {"header": table.header()}
    if (columns := json.loads(sys.stdin.readline())) is not None:
        table.only(columns)
    rows = bounded(table, allowance)
    while batch := list(_batch(rows)):
        yield {"rows": batch}
    yield {"rows": []}


def _batch(rows: Iterator[Found]) -> Iterator[list[Any]]:
    size = 0
    for found in islice(rows, BATCH_ROWS):
        raw = found.raw[:MAX_RECORD_BYTES]
        if isinstance(found, CSVRecord):
            yield [found.line, found.cells]
        else:
            yield [found.line, *found.fault, found.column, raw.decode("latin-1")]
        size += len(raw)
        if size > BATCH_BYTES:
            return


def _send(answer: dict[str, Any], bytes_read: int) -> None:
    body = json.dumps(answer).encode()
    sys.stdout.buffer.write(FRAME.pack(len(body), bytes_read) + body)
    sys.stdout.buffer.flush()
