"""What the report of a run says of its files: conventions, ignored columns, the mapping that was used."""

from decimal import Decimal

import pytest

from fondly.contracts.ingest_report import Convention
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.domain.values.conventions import Defaults
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered

FOLDER = "uploads/shop/"
KEY = f"{FOLDER}shop.csv"
MAPPING = """
columns: {VK: discounted_price}
constants: {currency: EUR}
units: {decimal: ","}
ignore: [Notiz]
"""
ODD_ROW = {key: cell for key, cell in numbered(1).items() if key not in {"discounted_price", "actual_price"}}
MAPPED_ROW = {**ODD_ROW, "VK": "1.299", "Notiz": "x", "Lager": "A1"}


async def test_how_an_ambiguous_column_was_read_is_told_with_its_proof() -> None:
    """By the file's own name of the column and the line that proves it."""
    bench = Bench()
    rows = [numbered(1, discounted_price="1.299 €"), numbered(2, discounted_price="49,95 €")]
    await bench.upload(KEY, csv_lines([{**row, "actual_price": ""} for row in rows]))
    (file,) = (await bench.report()).files
    told = Convention(
        column="discounted_price",
        reads="decimal comma; € is EUR, not INR",
        because="line 3: '49,95 €'; line 2: '1.299 €'",
    )
    assert told in file.conventions
    assert [product.price for product in await bench.stored_products()] == [Decimal(1299), Decimal("49.95")]


async def test_without_a_proof_the_shops_locale_decides_and_is_named() -> None:
    """A German shop's `1.299 €` is a thousand and more."""
    bench = Bench(limits(defaults=Defaults("EUR", "de_DE", "Europe/Berlin")))
    await bench.upload(KEY, csv_lines([numbered(1, discounted_price="1.299 €", actual_price="")]))
    (file,) = (await bench.report()).files
    assert any("de_DE" in each.because for each in file.conventions)
    assert (await bench.stored_products())[0].price == Decimal(1299)


async def test_columns_that_nothing_reads_are_named() -> None:
    """Also in a run that fails."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([{**numbered(1, user_id=""), "warehouse": "A1"}]))
    assert (await bench.run()).status is RunStatus.FAILED
    report = await bench.report()
    assert report.files[0].ignored == ("warehouse",)
    assert report.files[0].columns["user_id"] == "user_id"
    assert report.failed is not None


@pytest.mark.parametrize("is_beside", [True, False], ids=["beside-the-upload", "of-the-shop"])
async def test_a_mapping_says_how_columns_are_read(*, is_beside: bool) -> None:
    """Beside the upload or in the shop's settings; what it ignores is not reported as unknown."""
    chosen = limits(mapping=None if is_beside else read_mapping(MAPPING, file="settings"))
    bench = Bench(chosen)
    if is_beside:
        await bench.upload(f"{FOLDER}mapping.yaml", MAPPING.encode())
    await bench.upload(KEY, csv_lines([MAPPED_ROW]))
    (product,) = await bench.stored_products()
    assert (product.price, product.currency) == (Decimal(1299), "EUR")
    (file,) = (await bench.report()).files
    assert file.ignored == ("Lager",)
    assert file.columns["discounted_price"] == "VK"


async def test_a_mapping_beside_the_upload_comes_before_the_shops() -> None:
    """It is written for these files."""
    other = read_mapping("columns: {Lager: brand}", file="settings")
    bench = Bench(limits(mapping=other))
    await bench.upload(f"{FOLDER}mapping.yaml", MAPPING.encode())
    await bench.upload(KEY, csv_lines([MAPPED_ROW]))
    assert (await bench.stored_products())[0].brand is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"columns: {VK: prise}", "mapping.yaml: line 1: columns.VK: found 'prise', expected a field"),
        (b"\xff\xfe", "mapping.yaml: not UTF-8"),
    ],
)
async def test_a_wrong_mapping_fails_the_run_with_its_name(body: bytes, reason: str) -> None:
    """Nothing is read by half of a mapping."""
    bench = Bench()
    await bench.upload(f"{FOLDER}mapping.yaml", body)
    await bench.upload(KEY, csv_lines([MAPPED_ROW]))
    run = await bench.run()
    assert run.status is RunStatus.FAILED
    assert reason in (run.reason or "")
