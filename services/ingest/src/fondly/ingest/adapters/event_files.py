"""Opens a file of events, record by record: a table of any kind, or JSON lines; plain or gzip."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.adapters.tables.table import bounded
from fondly.ingest.adapters.upload_file import Upload
from fondly.ingest.domain.allowance import Allowance
from fondly.ingest.domain.csv_records import BrokenRecord
from fondly.ingest.domain.errors import UTF8_HINT, FileError, RowError
from fondly.ingest.domain.event_rows import field_of, find_fields

HEAD_BYTES = 64
MAX_LINE_BYTES = 64 * 1024
BOM = b"\xef\xbb\xbf"
Check = Callable[[], None]


class EventRecord(NamedTuple):
    """A record: its `cells` by our fields, their `names` in the file, or the `fault` that makes it none."""

    line: int
    raw: bytes
    cells: Mapping[str, str]
    names: Mapping[str, str]
    fault: RowError | None = None


@contextmanager
def open_events(path: Path, *, max_bytes: int, check: Check) -> Iterator[Iterator[EventRecord]]:
    """Open a file of events or raise `FileError`; `check` is called at every read and may raise to cancel."""
    with path.open("rb") as file:
        upload = Upload(file, max_bytes=max_bytes, check=check)
        if upload.peek(HEAD_BYTES)[:HEAD_BYTES].removeprefix(BOM).lstrip().startswith(b"{"):
            yield bounded(_json_lines(upload), Allowance(path.stat().st_size))
            return
    with open_table(path, max_bytes=max_bytes, check=check, is_strict=True) as table:
        header = table.header()
        places = find_fields(header)
        table.only(set(places.values()))
        names = {field: header[at] for field, at in places.items()}

        def records() -> Iterator[EventRecord]:
            for found in table:
                if isinstance(found, BrokenRecord):
                    yield EventRecord(found.line, found.raw, {}, names, found.error(header))
                else:
                    cells = {field: found.cells[at] for field, at in places.items()}
                    yield EventRecord(found.line, found.raw, cells, names)

        yield records()


def _json_lines(upload: Upload) -> Iterator[EventRecord]:
    line = 0
    while raw := upload.readline(MAX_LINE_BYTES + 1):
        line += 1
        if len(raw) > MAX_LINE_BYTES:
            raise FileError(f"line {line}: found a line of more than {MAX_LINE_BYTES:,} bytes")
        if line == 1:
            raw = raw.removeprefix(BOM)
        if raw.strip():
            yield _json_record(line, raw)


def _json_record(line: int, raw: bytes) -> EventRecord:
    try:
        found = json.loads(raw, parse_float=str, parse_int=str, parse_constant=str)
    except UnicodeDecodeError:
        return EventRecord(line, raw, {}, {}, RowError(f"text in UTF-8: {UTF8_HINT}"))
    except (ValueError, RecursionError):
        return EventRecord(line, raw, {}, {}, RowError("one JSON object on each line"))
    if not isinstance(found, dict):
        return EventRecord(line, raw, {}, {}, RowError("one JSON object on each line"))
    cells: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in found.items():
        field = field_of(name)
        if field is None or field in cells or value is None:
            continue
        if not isinstance(value, str):
            return EventRecord(line, raw, {}, {}, RowError("a text or a number", column=name))
        cells[field], names[field] = value, name
    return EventRecord(line, raw, cells, names)
