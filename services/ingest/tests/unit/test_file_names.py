from datetime import UTC, datetime

import pytest

from fondly.ingest.domain.file_names import date_in, kind_of_name, without_data
from fondly.ingest.domain.formats.fields import Kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("products.csv", Kind.PRODUCTS),
        ("products", Kind.PRODUCTS),
        ("Customers.csv.gz", Kind.CUSTOMERS),
        ("products-2026-11-24.csv", Kind.PRODUCTS),
        ("2026-11-24_products.csv.gz", Kind.PRODUCTS),
        ("products_export_1.csv", Kind.PRODUCTS),
        ("orders_export.csv", Kind.ORDERS),
        ("customers_20261124.xlsx", Kind.CUSTOMERS),
        ("customers20261124.tsv", Kind.CUSTOMERS),
        ("reviews 2026-11-24T0130Z.parquet", Kind.REVIEWS),
        ("orders (2).csv", Kind.ORDERS),
        ("Produkte.csv", Kind.PRODUCTS),
        ("Kunden_24.11.2026.xlsx", Kind.CUSTOMERS),
        ("Bewertungen.txt", Kind.REVIEWS),
        ("BESTELLUNGEN-Export.csv", Kind.ORDERS),
        ("Bestellungen 2026.xlsx", Kind.ORDERS),
        ("purchases.csv", Kind.ORDERS),
        ("Artikel.csv", Kind.PRODUCTS),
        ("Rezensionen.csv", Kind.REVIEWS),
    ],
)
def test_a_name_shows_the_kind_of_a_file(name: str, kind: Kind) -> None:
    """Dates, numbers, case, endings and the words of export programs do not matter."""
    assert kind_of_name(name) is kind


@pytest.mark.parametrize(
    "name",
    ["amazon.csv", "my-products.csv", "products.pdf", "product.csv", "orders-reviews.csv", "2026-11-24.csv"],
)
def test_a_name_with_other_words_shows_no_kind(name: str) -> None:
    """Such a file may hold anything: it is a run of its own."""
    assert kind_of_name(name) is None


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("products-2026-11-24.csv", datetime(2026, 11, 24, tzinfo=UTC)),
        ("20261124_products.csv", datetime(2026, 11, 24, tzinfo=UTC)),
        ("products_24.11.2026.csv", datetime(2026, 11, 24, tzinfo=UTC)),
        ("products-2026-11-24T01:30:05Z.csv", datetime(2026, 11, 24, 1, 30, 5, tzinfo=UTC)),
        ("products_20261124_0130.csv", datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
        ("products_20261124_1.csv", datetime(2026, 11, 24, tzinfo=UTC)),
        ("products-2026-02-30.csv", None),
        ("products-2026-11.24.csv", None),
        ("products_120261124.csv", None),
        ("products.csv", None),
    ],
)
def test_a_date_is_found_in_a_name(name: str, date: datetime | None) -> None:
    """Year first or day first, with or without separators and a time; impossible dates are none."""
    assert date_in(name) == date


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".DS_Store", "a hidden file"),
        ("._products.csv", "a hidden file"),
        ("~$products.xlsx", "a temporary file"),
        ("products.csv.part", "a temporary file"),
        ("products.csv~", "a temporary file"),
        ("README", "a note"),
        ("Readme first.txt", "a note"),
        ("notes.md", "a note"),
        ("notes.txt", "a note"),
        ("products.csv.sha256", "a checksum"),
        ("SHA256SUMS", "a checksum"),
        ("Thumbs.db", "a file of the operating system"),
        ("_SUCCESS", "a marker of the program that exports"),
        ("mapping.yml", "settings; a mapping is called mapping.yaml"),
    ],
)
def test_what_programs_and_people_leave_beside_the_data_is_told_apart(name: str, reason: str) -> None:
    """The reason is what the report says of the file."""
    assert without_data(name) == reason


@pytest.mark.parametrize(
    "name", ["products.csv", "shop", "notes.csv", "_products.csv", "catalogue.pdf", "data.json", "a.b.c"]
)
def test_any_other_file_may_hold_data(name: str) -> None:
    """If it holds none, its run fails and says so."""
    assert without_data(name) is None
