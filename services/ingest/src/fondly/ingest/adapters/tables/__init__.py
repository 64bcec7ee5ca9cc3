"""Opens a file as a table, whatever holds it: CSV, XLSX or Parquet, recognised by its content."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from fondly.ingest.adapters.tables.contained import open_contained
from fondly.ingest.adapters.tables.delimited import open_delimited
from fondly.ingest.adapters.tables.table import Found, ReadAs, Table
from fondly.ingest.adapters.upload_file import go_on
from fondly.ingest.domain.file_signature import HEAD_BYTES, Container, container_of

__all__ = ["Found", "ReadAs", "Table", "open_table"]


def open_table(
    path: Path,
    *,
    max_bytes: int,
    check: Callable[[], None] = go_on,
    sheet: str | None = None,
    encoding: str | None = None,
    is_strict: bool = False,
) -> AbstractContextManager[Table]:
    """Open a file as a table; `sheet` names the sheet of a workbook that has several.

    Text is in `encoding`, or else in what its byte order mark says, or UTF-8; lines that are not UTF-8 but
    look like Windows-1252 are read so, unless that `is_strict`.

    `check` is called whenever bytes are read, or ten times a second while they are awaited, and may raise to
    cancel. Raises `FileError`, also while the file is read, if it is none of these, if it takes more than it
    may, or if it is damaged.
    """
    with path.open("rb") as file:
        container = container_of(file.read(HEAD_BYTES))
    if container is Container.DELIMITED:
        return open_delimited(path, encoding, max_bytes=max_bytes, check=check, is_strict=is_strict)
    return open_contained(path, container, max_bytes=max_bytes, check=check, sheet=sheet)
