"""The files of a run on disk, and how they are opened and read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fondly.ingest.adapters.tables import Found, Table, open_table
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.domain.values.links import LinkPolicy

ANY_PUBLIC_HOST = LinkPolicy()
RECORDS_PER_LOOK = 512
Watch = Callable[[int], None]
"""Told how many bytes have been read since it was told last; it may raise to stop the reading."""


@dataclass(frozen=True)
class SourceFile:
    """A file on disk with its key, the kind that its name promises, and what a person wrote of it."""

    path: Path
    key: str
    kind: Kind | None = None
    mapping: FileMapping | None = None


@dataclass(frozen=True)
class ReadingRules:
    """What a shop sets about its files."""

    defaults: Defaults
    links: LinkPolicy = ANY_PUBLIC_HOST
    max_bytes: int = 4 * 1024**3
    """Of one file, both compressed and uncompressed."""


@contextmanager
def opened(source: SourceFile, max_bytes: int, watch: Watch, *, is_strict: bool = False) -> Iterator[Table]:
    """Open a file's table; whatever is wrong with the file is said with its name."""
    said = source.mapping or FileMapping()
    try:
        with open_table(
            source.path,
            max_bytes=max_bytes,
            check=lambda: watch(0),
            sheet=said.sheet,
            encoding=said.encoding,
            is_strict=is_strict,
        ) as table:
            yield table
    except FileError as error:
        raise FileError(f"{source.key}: {error}") from error


def watched(table: Table, watch: Watch) -> Iterator[Found]:
    """Yield a table's rows, and tell now and then, and at the end, how many bytes have been read."""
    seen = 0
    for count, found in enumerate(table, start=1):
        if not count % RECORDS_PER_LOOK:
            watch(table.bytes_read - seen)
            seen = table.bytes_read
        yield found
    watch(table.bytes_read - seen)
