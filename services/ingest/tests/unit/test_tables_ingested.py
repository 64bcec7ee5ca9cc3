"""Workbooks and Parquet files through the whole service, read by processes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from arro3.core import DataType

from fondly.contracts.errors import TransientError
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered
from services.ingest.tests.table_files import parquet, read, workbook, written

ROWS = [numbered(number, timestamp="2026-03-01") for number in (1, 2, 3)]


def as_workbook(path: Path, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows in a sheet."""
    return workbook(path, {"Data": [list(rows[0]), *([*row.values()] for row in rows)]}).read_bytes()


def as_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows in columns of texts."""
    columns = {name: ([row[name] for row in rows], DataType.utf8()) for name in rows[0]}
    return parquet(path, columns).read_bytes()


Write = Callable[[Path, Sequence[Mapping[str, Any]]], bytes]
WRITERS = [pytest.param(as_workbook, "xlsx", id="xlsx"), pytest.param(as_parquet, "parquet", id="parquet")]


@pytest.mark.parametrize(("write", "ending"), WRITERS)
async def test_a_table_comes_to_what_it_does_as_csv(tmp_path: Path, write: Write, ending: str) -> None:
    """Products, customers with their reviews, and the parts."""
    benches = Bench(limits(part_records=2)), Bench(limits(part_records=2))
    await benches[0].upload("uploads/shop.csv", csv_lines(ROWS))
    await benches[1].upload(f"uploads/shop.{ending}", write(tmp_path / f"a.{ending}", ROWS))
    csv, table = benches
    assert await table.stored_products() == await csv.stored_products()
    assert await table.stored_customers() == await csv.stored_customers()
    assert [part.customers for part in table.parts] == [2, 1]
    assert await table.rejects() == []


async def test_typed_cells_of_a_workbook_are_read_by_their_types(tmp_path: Path) -> None:
    """A number is no text with a group mark, a date no day number."""
    row = {**numbered(1), "discounted_price": 1.299, "actual_price": 2.5, "timestamp": datetime(2026, 3, 1)}  # noqa: DTZ001 - as Excel has it
    bench = Bench()
    await bench.upload(
        "uploads/shop.xlsx", as_workbook(tmp_path / "a.xlsx", [row, {**row, "discounted_price": 1.3}])
    )
    assert await bench.rejects() == []
    assert (await bench.report()).counts["prices_rounded"] == 1
    assert (await bench.stored_products())[0].price == Decimal("1.3")
    assert (await bench.stored_customers())[0].reviews[0].timestamp == 1_772_323_200


@pytest.mark.parametrize(("write", "ending"), WRITERS)
async def test_a_run_that_died_is_resumed_with_the_same_parts(
    tmp_path: Path, write: Write, ending: str
) -> None:
    """What was announced stays as it is, and every customer is in one part."""
    bench = Bench(limits(part_records=1))
    announce = bench.announcer.announce

    async def die_once(*args: object) -> None:
        if len(bench.parts) == 1:
            object.__setattr__(bench.announcer, "announce", announce)
            raise TransientError
        await announce(*args)  # type: ignore[arg-type] # as given

    object.__setattr__(bench.announcer, "announce", die_once)
    key = f"uploads/shop.{ending}"
    with pytest.raises(TransientError):
        await bench.upload(key, write(tmp_path / f"a.{ending}", ROWS))
    first = dict(bench.objects.stored)
    await bench.notify(key)
    assert [part.part for part in bench.parts] == [1, 2, 3]
    assert [each.customer_id for each in await bench.stored_customers()] == ["C1", "C2", "C3"]
    changed = {name for name, body in first.items() if bench.objects.stored[name] != body}
    assert not {name for name in changed if "/customers/" in name or "products" in name}


class CancelError(Exception):
    """Somebody no longer wants the file."""


@pytest.mark.parametrize(("write", "ending"), WRITERS)
def test_reading_can_be_cancelled(tmp_path: Path, write: Write, ending: str) -> None:
    """By what the check raises, at any read of the file, after which its process is gone."""
    path = written(tmp_path / f"a.{ending}", write(tmp_path / "b", [{"id": f"P{n}"} for n in range(20_000)]))
    calls = iter(range(3))

    def check() -> None:
        if next(calls, None) is None:
            raise CancelError

    with pytest.raises(CancelError):
        read(path, check=check)
