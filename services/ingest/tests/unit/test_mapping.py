import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.guess import guess
from fondly.ingest.domain.formats.mapping import Mapping, mapping_schema, read_mapping
from fondly.ingest.domain.formats.mapping_file import write_mapping
from fondly.ingest.domain.formats.recognise import recognise
from services.ingest.tests.table_files import SHOPIFY_PRODUCTS

SCHEMA = Path(__file__).parents[4] / "docs/mapping.schema.json"
SEVERAL = """\
files:
  artikel*.csv:
    kind: products
    columns:
      Artikelnummer: product_id
      Preis: discounted_price
    constants: {currency: EUR, shop_url: "https://shop.example.com"}
    units:
      decimal: ","
      fields:
        rating: {decimal: "."}
    ignore: [Notiz]
  kunden.xlsx:
    kind: customers
    sheet: Kunden 2026
"""


def read(text: str) -> Mapping:
    """The mapping that a text is."""
    return read_mapping(text, file="mapping.yaml")


def test_a_mapping_says_how_files_are_read_by_name_or_pattern() -> None:
    """Whatever the folder and the case of a name."""
    mapping = read(SEVERAL)
    products = mapping.for_file("uploads/Artikel-2026.CSV")
    customers = mapping.for_file("kunden.xlsx")
    assert products is not None
    assert customers is not None
    assert (products.kind, products.columns["Preis"]) == (Kind.PRODUCTS, "discounted_price")
    assert (products.units.of("rating").decimal, products.units.of("stock").decimal) == (".", ",")
    assert (customers.kind, customers.sheet) == (Kind.CUSTOMERS, "Kunden 2026")
    assert mapping.for_file("orders.csv") is None


def test_what_is_said_of_files_that_are_not_there_is_named() -> None:
    """As the mapping names them; what is said of the one file at hand matches whatever it is called."""
    assert read(SEVERAL).unmatched(["KUNDEN.xlsx", "orders.csv"]) == ["mapping.yaml: files: artikel*.csv"]
    assert read("columns: {Id: product_id}").unmatched([]) == []


def test_an_exact_name_comes_before_a_pattern() -> None:
    """In whichever order they are written; a list is as good as a map."""
    mapping = read("files:\n- {name: '*.csv', kind: orders}\n- {name: a.csv, kind: reviews}\n")
    found = [mapping.for_file(name) for name in ("a.csv", "b.csv")]
    assert [said and said.kind for said in found] == [Kind.REVIEWS, Kind.ORDERS]


def test_a_mapping_without_files_is_about_the_one_given() -> None:
    """Values are texts as written: `no` is not false and `007` is not 7."""
    said = read("columns: {Id: product_id}\nconstants: {marketing_consent: no, cost_class: 007}").for_file(
        "any.csv"
    )
    assert said is not None
    assert said.constants == {"marketing_consent": "no", "cost_class": "007"}
    empty = read("# nothing yet\n").for_file("any.csv")
    assert empty is not None
    assert empty.columns == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns:\n  Preis: prise", "line 2: columns.Preis: found 'prise', expected a field"),
        ("columns:\n  Preis: discount_price", "expected a field; the nearest is discounted_price"),
        ("kind: people", "line 1: kind: found 'people', expected 'combined', 'products'"),
        ("\ncolums: {}", "line 2: colums: found the unknown key 'colums'; the nearest is columns"),
        ("units:\n  decimal: ';'", "line 2: units.decimal: found ';', expected '.' or ','"),
        ("units: {currency: euro}", "line 1: units.currency: found 'euro', expected an ISO 4217 code"),
        ("units: {dates: dmy}", "expected 'day-month-year', 'month-day-year' or 'year-month-day'"),
        ("columns: {A: product_id, B: product_id}", "found A and B for product_id, expected one source"),
        ("columns: {A: currency}\nconstants: {currency: EUR}", "found A and constants for currency"),
        ("constants:\n  Marke: Acme", "line 2: constants.Marke: found 'Marke', expected a field"),
        (
            "constants: {shop_url: shop.example.com}",
            "found 'shop.example.com' for shop_url, expected an address",
        ),
        ("values: {suppressed: {'2': perhaps}}", "found 'perhaps' for suppressed, expected yes or no"),
        ("columns: [A]", "line 1: columns: found a list, expected a mapping"),
        ("columns:\n  A:", "line 2: columns.A: found nothing, expected a text"),
        ("kind: products\nfiles: {a.csv: {kind: reviews}}", "found kind beside files"),
        ("files: {a.csv: {knid: reviews}}", "line 1: files.a.csv.knid: found the unknown key 'knid'"),
        ("kind: products\nkind: reviews", "line 2: found 'kind' again, first on line 1"),
        ("a: &x 1\nb: *x", "line 2: found the alias '*x'"),
        ("[[[[[[[[[1]]]]]]]]]", "nested more than 8 deep"),
        ("kind: [products", "not valid YAML"),
        ("? [a]\n: b", "found a list or mapping as a key"),
        ("# " + "x" * 600_000, "found 600002 characters, expected at most 524288"),
        ("just a text", "expected a mapping"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line_key_and_what_is_expected(text: str, message: str) -> None:
    """So that a person can correct it without reading the code."""
    with pytest.raises(FileError) as caught:
        read(text)
    assert str(caught.value).startswith("mapping.yaml: ")
    assert message in str(caught.value)


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    """And it accepts what is read. Written by `python -m json.tool` of `mapping_schema()`."""
    assert json.loads(SCHEMA.read_text()) == mapping_schema()
    jsonschema.validate(yaml.safe_load(SEVERAL), mapping_schema())


def test_a_written_mapping_says_what_is_read_and_proposes_the_rest() -> None:
    """Read back, it gives the same layout; what is only a guess has its reason in a comment."""
    header = ["SKU", 'Titel "kurz"', "Preis", "Verkaufspreis", "Lagerbestnd", "Notiz"]
    text = write_mapping(guess(header, file="produkte.csv"))
    assert "  # \"Lagerbestnd\": stock # its name is like 'lagerbestand'" in text
    assert '  # "Notiz": FIELD' in text
    assert "  \"Preis\": discounted_price # a guess: or 'Verkaufspreis'" in text
    layout = recognise(header, file="produkte.csv", mapping=read(text).for_file("produkte.csv"))
    columns = {'Titel "kurz"': "product_name", "SKU": "product_id", "Preis": "discounted_price"}
    assert {name: field for field, name in layout.columns.items()} == columns
    assert read(write_mapping(guess(header, file="produkte.csv", mapping=read(text)))).columns == columns


@pytest.mark.parametrize("header", [["foo", "bar"], ["foo", "sku", "sku"], ["a@b.example", "12"]])
def test_a_mapping_is_written_for_a_file_of_which_nothing_is_known(header: list[str]) -> None:
    """And can be read as it is, although it says no column yet."""
    text = write_mapping(guess(header, file="x.csv"))
    assert read(text).columns == {}
    assert "# Open: " in text


def test_a_written_mapping_of_an_export_keeps_it_one() -> None:
    """What is read from several columns stands there as a comment."""
    layout = recognise(SHOPIFY_PRODUCTS, file="products_export.csv")
    text = write_mapping(guess(SHOPIFY_PRODUCTS, file="products_export.csv"))
    again = recognise(SHOPIFY_PRODUCTS, file="products_export.csv", mapping=read(text))
    assert '  # "Variant SKU + Handle": product_id' in text
    assert (again.format, again.columns) == (layout.format, layout.columns)
