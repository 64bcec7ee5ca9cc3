"""Whatever a shop knows, its files come back as exactly that, in every format and dialect."""

import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from fondly.contracts.records import Customer, Product
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.use_cases.load_files import Findings, LoadFiles
from fondly.ingest.use_cases.source_files import SourceFile
from services.ingest.tests.fakes import limits
from services.ingest.tests.generated_shops import DIALECTS, shops
from services.ingest.tests.shop_files import Dialect, Rows, Shop, as_parquet, as_text, as_workbook, tables

RULES = limits(max_rejected_share=0.0, defaults=Defaults("EUR", "de_DE", "UTC")).load
SLOW = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
pytestmark = pytest.mark.usefixtures("reader_threads")
Writer = Callable[[Path, Rows], object]
Found = tuple[list[Product], list[Customer], str]


def read_back(folder: Path, files: Mapping[str, Path], mapping: str | None) -> Found:
    """What the files come to, and their rejects."""
    said = read_mapping(mapping, file="mapping.yaml") if mapping else None
    sources = [
        SourceFile(path, path.name, mapping=said.for_file(path.name) if said else None)
        for path in files.values()
    ]
    rejects = io.StringIO()
    with Scratch(folder / "scratch.db") as scratch:
        merged = LoadFiles(scratch, rejects, Findings(), RULES).load(sources)
        return list(merged.products()), merged.customers(1, 1_000), rejects.getvalue()


def round_trip(shop: Shop, dialect: Dialect, ending: str, write: Writer) -> Found:
    """Write the shop's files and read them back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {kind: folder / f"{kind}.{ending}" for kind in tables(shop, dialect)}
        for kind, rows in tables(shop, dialect).items():
            write(files[kind], rows)
        return read_back(folder, files, dialect.mapping)


@SLOW
@given(shops(), DIALECTS)
def test_delimited_text_comes_back_as_it_was(shop: Shop, dialect: Dialect) -> None:
    """With any separator, decimal mark, mark of groups, order of dates and spelling of the header."""
    found = round_trip(shop, dialect, "csv", lambda path, rows: path.write_bytes(as_text(rows, dialect)))
    assert found == (list(shop.products), list(shop.customers), "")


@pytest.mark.parametrize(("ending", "write"), [("xlsx", as_workbook), ("parquet", as_parquet)])
@SLOW
@given(shop=shops())
def test_typed_files_come_back_as_they_were(ending: str, write: Writer, shop: Shop) -> None:
    """Texts stay texts, and digits stay digits."""
    assert round_trip(shop, Dialect(), ending, write) == (list(shop.products), list(shop.customers), "")
