"""Reading stops soon after it is told to, whatever the file holds."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from fondly.ingest.use_cases.check_files import check_files
from fondly.ingest.use_cases.load_files import CancelledLoadError
from fondly.ingest.use_cases.source_files import SourceFile
from services.ingest.tests.fakes import ROW, csv_lines, limits, numbered

HEADER = csv_lines([ROW]).splitlines(keepends=True)[0]
BODIES: dict[str, Callable[[], bytes]] = {
    "blank-lines": lambda: HEADER + b" " * 70_000_000 + b"\n",
    "spaces-on-many-lines": lambda: HEADER + (b" " * 1_000 + b"\n") * 70_000,
    "gzip-of-empty-rows": lambda: gzip.compress(HEADER + (b"," * 15 + b"\n") * 90_000),
    "one-endless-quote": lambda: HEADER + b'"' + b"x\n" * 20_000_000,
    "good-rows": lambda: csv_lines([numbered(number) for number in range(20_000)]),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_cancelled_reading_stops_at_once(tmp_path: Path, name: str) -> None:
    """It is asked at every few hundred kilobytes that are read, not at every so many rows."""
    path = tmp_path / "shop.csv"
    path.write_bytes(BODIES[name]())
    asked = 0

    def cancel(_bytes: int) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise CancelledLoadError

    with pytest.raises(CancelledLoadError):
        check_files([SourceFile(path, "shop.csv")], limits().load, watch=cancel)
    assert asked == 3
