"""Opens a file as a table, whatever holds it: CSV, XLSX or Parquet, recognised by its content."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from fondly.ingest.adapters.tables.delimited import open_delimited
from fondly.ingest.adapters.tables.table import Found, Table
from fondly.ingest.adapters.upload_file import go_on
from fondly.ingest.domain.file_signature import HEAD_BYTES, Container, container_of

__all__ = ["Found", "Table", "open_table"]


@contextmanager
def open_table(
    path: Path, *, max_bytes: int, check: Callable[[], None] = go_on, sheet: str | None = None
) -> Iterator[Table]:
    """Open a file as a table; `sheet` names the sheet of a workbook that has several.

    `check` is called whenever bytes are read, or at least every few thousand rows, and may raise to cancel.
    Raises `FileError` if the file is none of these, if it exceeds `max_bytes` unpacked, or if it is damaged,
    also while it is read.
    """
    with path.open("rb") as file:
        container = container_of(file.read(HEAD_BYTES))
    with _opened(container, path, max_bytes, check, sheet) as table:
        yield table


def _opened(
    container: Container, path: Path, max_bytes: int, check: Callable[[], None], sheet: str | None
) -> AbstractContextManager[Table]:
    if container is Container.XLSX:
        from fondly.ingest.adapters.tables.workbook import open_workbook  # noqa: PLC0415 - rarely needed

        return open_workbook(path, max_bytes=max_bytes, check=check, sheet=sheet)
    if container is Container.PARQUET:
        from fondly.ingest.adapters.tables.parquet import open_parquet  # noqa: PLC0415 - rarely needed

        return open_parquet(path, max_bytes=max_bytes, check=check)
    return open_delimited(path, max_bytes=max_bytes, check=check)
