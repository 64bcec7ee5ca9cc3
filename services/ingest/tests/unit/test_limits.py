"""What a run, a part and a record may hold, whatever is uploaded."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain import limits as run_limits
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.limits import MAX_REVIEW_PRODUCTS, MAX_RUN_RECORDS, require_bounded
from fondly.ingest.domain.parts import MAX_PARTS, part_records, records_of, spans
from fondly.ingest.domain.rows.reading import MAX_TEXT_CHARS
from fondly.ingest.domain.run_state import IngestState
from fondly.ingest.use_cases import merge_rows
from fondly.runtime.runs.run import RunStatus
from fondly.runtime.storage import to_item
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered

KEY = "uploads/shop.csv"
MAX_ITEM_BYTES = 400 * 1024
"""Source: "Item size", Amazon DynamoDB Developer Guide."""
LETTER = "\N{GRINNING FACE}"
"""Four bytes, as many as any character takes."""


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 8), st.integers(1, 5))
def test_a_run_of_any_size_has_a_bounded_number_of_parts(
    reviews: list[int], smallest: int, most: int
) -> None:
    """Parts grow with the run, and are as small as the setting says where that is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fondly.ingest.domain.parts.MAX_PARTS", most)
        total = sum(max(1, count) for count in reviews)
        size = part_records(total, smallest=smallest)
    assert len(list(spans(enumerate(reviews, start=1), records=size))) <= most
    assert size == smallest or (size - 1) * most < total


def test_a_million_customers_make_a_thousand_parts() -> None:
    """At the default smallest size, and whatever they have written."""
    for each in (1, 2, 17):
        size = part_records(1_000_000 * each, smallest=250)
        parts = list(spans(((customer, each) for customer in range(1, 1_000_001)), records=size))
        assert len(parts) <= MAX_PARTS
        assert size == 1_000 * each


async def test_the_parts_of_a_large_run_are_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that would have too many parts of the smallest size has as many as it may."""
    monkeypatch.setattr("fondly.ingest.domain.parts.MAX_PARTS", 3)
    bench = Bench(limits(part_records=1))
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 8)]))
    assert [(part.part, part.parts, part.customers) for part in bench.parts] == [
        (1, 3, 3),
        (2, 3, 3),
        (3, 3, 1),
    ]
    assert IngestState.of(await bench.run()).part_records == 3


async def test_long_reviews_make_smaller_parts() -> None:
    """A part's bytes are bounded too: a review counts once more for every 4,096 characters."""
    assert [records_of("x" * 4_095), records_of("x" * 4_000, "x" * 96), records_of(None, None)] == [1, 2, 1]
    bench = Bench(limits(part_records=4))
    text = "good words " * 1_100
    await bench.upload(KEY, csv_lines([numbered(number, review_content=text) for number in range(1, 4)]))
    assert [part.customers for part in bench.parts] == [2, 1]


def test_a_run_that_is_too_large_for_a_service_is_refused() -> None:
    """The reason names what is too much, and how much it may be."""
    for what in ("products", "customers", "interactions"):
        most, _ = run_limits.LIMITS[what]
        require_bounded({what: most}, records=MAX_RUN_RECORDS)
        with pytest.raises(FileError, match=f"found {most + 1:,} {what}, expected at most {most:,}"):
            require_bounded({what: most + 1}, records=1)
    with pytest.raises(FileError, match="reviews and purchases, expected at most 50,000,000"):
        require_bounded({}, records=MAX_RUN_RECORDS + 1)


async def test_a_run_that_is_too_large_fails_before_anything_is_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is stored in the tables either, so nobody has paid for anything."""
    monkeypatch.setattr("fondly.ingest.domain.limits.MAX_RUN_RECORDS", 2)
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 4)]))
    run = await bench.run()
    assert (run.status, bench.parts, bench.customers.items, bench.products.items) == (
        RunStatus.FAILED,
        [],
        {},
        {},
    )
    assert "found 3 reviews and purchases, expected at most 2" in str(run.reason)


async def test_an_account_that_many_use_keeps_a_bounded_number_of_reviews(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Further ones are left out with a reason, and do not fail the run: a customer is never divided."""
    monkeypatch.setattr("fondly.ingest.adapters.scratch.MAX_CUSTOMER_RECORDS", 3)
    bench = Bench(limits(max_rejected_share=0.0))
    rows = [numbered(number, user_id="guest") for number in range(1, 7)] + [numbered(7)]
    await bench.upload(KEY, csv_lines(rows))
    customers = await bench.stored_customers()
    assert Counter({each.customer_id: len(each.reviews) for each in customers}) == {"guest": 3, "C7": 1}
    rejects = await bench.rejects()
    assert [(each.kind, each.line, each.column, each.found) for each in rejects] == [
        ("value", line, "user_id", "another one of 'guest'") for line in (5, 6, 7)
    ]
    assert {each.expected for each in rejects} == {merge_rows.FEW_RECORDS}
    assert len(await bench.stored_products()) == 7


async def test_an_account_that_many_use_keeps_a_bounded_number_of_purchases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An order's product that is named again is no further purchase."""
    monkeypatch.setattr("fondly.ingest.adapters.scratch.MAX_CUSTOMER_RECORDS", 2)
    bench = Bench()
    products = [{"product_id": f"P{n}", "product_name": "Cable", "discounted_price": "5"} for n in range(3)]
    orders = [("O1", "P0"), ("O1", "P0"), ("O1", "P1"), ("O2", "P2"), ("O1", "P1")]
    for name, rows in (
        ("products", products),
        ("customers", [{"user_id": "C1"}]),
        (
            "orders",
            [{"order_id": order, "product_id": product, "user_id": "C1"} for order, product in orders],
        ),
    ):
        await bench.upload(f"uploads/may/{name}.csv", csv_lines(rows))
    (customer,) = await bench.stored_customers()
    assert [(each.order_id, each.product_id) for each in customer.purchases] == [("O1", "P0"), ("O1", "P1")]
    assert [each.line for each in await bench.rejects()] == [5]


async def test_a_review_is_about_a_bounded_number_of_variants() -> None:
    """Those that come first in the catalogue; that there are more is reported."""
    bench = Bench()
    variants = [
        {"product_id": f"P{n}", "product_name": "Shirt", "discounted_price": "5", "parent_id": "shirt"}
        for n in range(MAX_REVIEW_PRODUCTS + 5)
    ]
    reviews = [
        {"review_id": review, "user_id": "C1", "product_id": product}
        for review, product in (("R1", "shirt"), ("R2", "P3"), ("R2", "shirt"), ("R1", "P3"))
    ]
    for name, rows in (("products", variants), ("customers", [{"user_id": "C1"}]), ("reviews", reviews)):
        await bench.upload(f"uploads/may/{name}.csv", csv_lines(rows))
    (customer,) = await bench.stored_customers()
    first, second = (each.product_ids for each in customer.reviews)
    assert list(first) == [f"P{number}" for number in range(MAX_REVIEW_PRODUCTS)]
    assert list(second) == list(first)
    rejects = await bench.rejects()
    assert [(each.kind, each.line, each.expected) for each in rejects] == [
        ("value", 2, merge_rows.FEW_PRODUCTS),
        ("value", 4, merge_rows.FEW_PRODUCTS),
    ]


async def test_the_largest_records_fit_into_the_tables() -> None:
    """Whatever the script: an item of more than 400 KB would fail the whole run at the table."""
    bench = Bench()
    longest = {
        "product_id": "P" * 256,
        "product_name": LETTER * 2_000,
        "category": "|".join([LETTER] * 500),
        "about_product": "|".join([LETTER] * 10_000),
        "brand": LETTER * 200,
        "parent_id": "Q" * 256,
        "variant": LETTER * 200,
        "cost_class": LETTER * 200,
        "user_id": "C" * 256,
        "user_name": LETTER * 2_000,
        "img_link": "https://shop.example.com/" + "x" * 2_000,
        "product_link": "https://shop.example.com/" + "x" * 2_000,
    }
    await bench.upload(KEY, csv_lines([numbered(1, **longest), numbered(2, category=LETTER * 1_001)]))
    for table in (bench.products, bench.customers):
        assert max(item_bytes(to_item(item)) for item in table.items.values()) < MAX_ITEM_BYTES
    assert len(bench.products.items) == 2
    assert [(each.kind, each.column, each.expected) for each in await bench.rejects()] == [
        ("value", "category", "at most 1,000 characters")
    ]


def test_the_largest_review_fits_into_its_table() -> None:
    """Sentiment stores it with its words, its products and what it says of them."""
    products = [f"{number}".ljust(256, "x") for number in range(MAX_REVIEW_PRODUCTS)]
    text = LETTER * MAX_TEXT_CHARS
    item = to_item({"review_id": "R" * 256, "product_ids": products, "title": text, "text": text})
    assert item_bytes(item) < MAX_ITEM_BYTES - 64 * 1024


def item_bytes(item: object) -> int:
    """Return more than DynamoDB counts: each value is written with its type, and at least one byte."""
    return len(json.dumps(item, ensure_ascii=False).encode())
