"""What a shop says about brand, variants and stock, in both file formats."""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Product
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.rows.products import read_product
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.conventions import Reads
from fondly.ingest.domain.values.links import LinkPolicy
from fondly.ingest.domain.values.texts import is_no_text, says_nothing
from services.ingest.tests.fakes import Bench, csv_lines, numbered
from services.ingest.tests.unit.values.columns import INDIAN, decided

FACTS = {
    "brand": " Acme\u200b ",
    "parent_id": "FAMILY-1",
    "variant": "Blue,  XL",
    "in_stock": "Out of stock",
    "available_from": "2026-11-02",
}
PRODUCT = {"product_id": "P1", "product_name": "Cable", "discounted_price": "$5"}
COLUMNS = ("brand", "parent_id", "variant", "in_stock", "stock", "available_from")


def read(**cells: str) -> tuple[Product, list[str | None]]:
    """A product's record, and the columns whose values could not be read."""
    row = Row({**PRODUCT, **cells})
    default = decided(Reads.MONEY, [], INDIAN)
    stock = decided(Reads.NUMBER, [cells.get("stock", "")], INDIAN)
    when = decided(Reads.MOMENT, [], INDIAN)
    how = Reading({"available_from": when, "stock": stock}, LinkPolicy(), default)
    return read_product(row, how), [note.column for note in row.notes]


async def read_combined() -> Bench:
    """A file in the combined format, whose first product has every column."""
    bench = Bench()
    empty = dict.fromkeys(FACTS, "")
    await bench.upload("uploads/shop.csv", csv_lines([numbered(1) | FACTS, numbered(2) | empty]))
    return bench


async def read_set() -> Bench:
    """A set of three files with the same products."""
    bench = Bench()
    products = [PRODUCT | FACTS, PRODUCT | {"product_id": "P2"} | dict.fromkeys(FACTS, "")]
    await bench.upload("uploads/may/products.csv", csv_lines(products))
    await bench.upload("uploads/may/customers.csv", csv_lines([{"user_id": "C1"}]))
    review = {"review_id": "R1", "user_id": "C1", "product_id": "P1"}
    await bench.upload("uploads/may/reviews.csv", csv_lines([review]))
    return bench


@pytest.mark.parametrize("read_file", [read_combined, read_set], ids=["one-file", "set"])
async def test_the_columns_reach_the_catalogue_and_the_table(
    read_file: Callable[[], Awaitable[Bench]],
) -> None:
    """Cleaned like every text; a product out of stock stays, since customers own it."""
    bench = await read_file()
    first, second = await bench.stored_products()
    assert (first.brand, first.parent_id, first.variant) == ("Acme", "FAMILY-1", "Blue, XL")
    assert (first.in_stock, first.available_from) == (False, 1_793_577_600)
    assert {getattr(second, name) for name in (*COLUMNS[:4], "available_from")} == {None}
    item = bench.products.items["P1",]
    assert (item["in_stock"], item["brand"], item["variant"]) == (False, "Acme", "Blue, XL")
    assert await bench.rejects() == []


@pytest.mark.parametrize(
    ("in_stock", "stock", "sold"),
    [
        ("yes", "", True),
        ("no", "", False),
        ("", "0", False),
        ("", "1,200", True),
        ("yes", "7", True),
        ("yes", "0", False),
        ("no", "7", False),
        ("", "", None),
    ],
)
def test_a_product_is_in_stock_if_nothing_says_otherwise(
    in_stock: str,
    stock: str,
    sold: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Zero is out of stock; where state and count disagree, nobody is offered what may be sold out."""
    product, unread = read(in_stock=in_stock, stock=stock)
    assert product.in_stock is sold
    assert unread == []


def test_an_unreadable_count_leaves_what_the_other_column_says() -> None:
    """Each value is judged alone."""
    product, unread = read(in_stock="no", stock="plenty")
    assert (product.in_stock, unread) == (False, ["stock"])


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=300)))
def test_no_value_costs_the_row(cells: dict[str, str]) -> None:
    """Whatever stands there, the product is read, and what is not kept is noted, once a column."""
    product, unread = read(**cells)
    assert product.name == "Cable"
    assert len(unread) == len(set(unread))
    for column in ("brand", "parent_id", "variant"):
        given_text = clean(cells.get(column, ""))
        is_nothing = is_no_text if column == "brand" else says_nothing
        lost = column in unread or is_nothing(given_text)
        assert getattr(product, column) == (None if lost else given_text)
    stated = {column for column in ("in_stock", "stock") if not says_nothing(clean(cells.get(column, "")))}
    assert (product.in_stock is None) == (stated <= set(unread))


@pytest.mark.parametrize(
    ("starts", "ends", "price"),
    [
        ("", "", "5"),
        ("2026-11-01", "", "5"),
        ("2026-11-27", "", "8"),
        ("", "2026-11-25", "8"),
        ("", "2026-11-26", "5"),
        ("", "2026-11-26 05:00", "8"),
        ("2026-11-01", "2099-12-31", "5"),
        ("1970-01-02", "31 November 2026", "8"),
        ("", "11/12/2026", "8"),
    ],
)
def test_a_sale_price_holds_on_the_days_of_the_sale(starts: str, ends: str, price: str) -> None:
    """The last day included; days that cannot be read are none. Without a regular price it is the price."""
    product, _ = read(actual_price="$8", sale_starts=starts, sale_ends=ends)
    assert (str(product.price), product.list_price is None) == (price, price == "8")
    assert str(read(sale_starts=starts, sale_ends=ends)[0].price) == "5"


@pytest.mark.parametrize(
    ("cell", "bullets"),
    [
        ("Warm|Soft", ("Warm", "Soft")),
        ("Salt &amp; pepper|Mill", ("Salt & pepper", "Mill")),
        ("<p>Warm.</p><ul><li>Soft<li>Blue</ul>", ("Warm.", "Soft", "Blue")),
        ("For feet < 30 cm & small hands", ("For feet < 30 cm & small hands",)),
    ],
)
def test_what_is_said_about_a_product_is_read_as_text(cell: str, bullets: tuple[str, ...]) -> None:
    """Whatever file it is from: blocks of HTML are entries."""
    assert read(about_product=cell)[0].bullets == bullets


def test_names_of_every_kind_are_read_as_text() -> None:
    """No entity gets into a subject."""
    product, _ = read(product_name="Mum &amp; Dad&#8217;s <b>Mug</b>", brand="H&amp;M", variant="5 &lt; 6")
    assert [product.name, product.brand, product.variant] == [
        "Mum & Dad\N{RIGHT SINGLE QUOTATION MARK}s Mug",
        "H&M",
        "5 < 6",
    ]
