"""Valid files: what is stored for them."""

import gzip
from decimal import Decimal
from typing import Any

import pytest

from fondly.contracts.records import SharedText
from services.ingest.tests.fakes import Bench, csv_lines, numbered

KEY = "uploads/shop.csv"
JOINED = {
    "user_id": "C1,C2,C3",
    "user_name": "Asha,Ben,Chi",
    "review_id": "R1,R2,R3",
    "review_title": "Good, cheap,Bad,Fine",
    "review_content": "Works, so far,,https://m.example.com/a.jpg",
}
SET = {
    "uploads/may/products.csv": csv_lines(
        [{"product_id": "P1", "product_name": "Cable", "discounted_price": "$5"}]
    ),
    "uploads/may/customers.csv.gz": gzip.compress(
        csv_lines(
            [
                {"user_id": "C1", "user_name": "Asha", "email": "asha@example.com", "age": "40"},
                {"user_id": "C2", "user_name": "", "email": "", "age": ""},
            ]
        )
    ),
    "uploads/may/reviews.csv": csv_lines(
        [
            {
                "review_id": "R1",
                "user_id": "C1",
                "product_id": "P1",
                "rating": "5",
                "timestamp": "1672909124",
            },
            {"review_id": "R2", "user_id": "C9", "product_id": "P1", "rating": "5", "timestamp": ""},
            {"review_id": "R3", "user_id": "C1", "product_id": "P9", "rating": "5", "timestamp": ""},
            {"review_id": "R1", "user_id": "C2", "product_id": "P1", "rating": "5", "timestamp": ""},
        ]
    ),
}


async def test_joined_reviewers_get_their_own_texts() -> None:
    """Each name, title and text goes to its reviewer; image URLs and empty texts are dropped."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1, **JOINED)]))
    customers = await bench.stored_customers()
    assert [(one.customer_id, one.name) for one in customers] == [
        ("C1", "Asha"),
        ("C2", "Ben"),
        ("C3", "Chi"),
    ]
    texts = [(one.reviews[0].title, one.reviews[0].text) for one in customers]
    assert texts == [("Good, cheap", "Works, so far"), ("Bad", None), ("Fine", None)]
    assert (await bench.counts())["unaligned_texts"] == 0


async def test_texts_of_unknown_reviewers_are_kept_for_their_product() -> None:
    """No reviewer gets them, each cell counts once, and names that cannot be divided are rejected."""
    lists = {**JOINED, "user_name": "A,B,C,D", "review_title": "a,b,c,d", "review_content": "x,y"}
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1, **lists)]))
    customers = await bench.stored_customers()
    assert {(one.name, one.reviews[0].title, one.reviews[0].text) for one in customers} == {
        (None, None, None)
    }
    assert await bench.stored_texts() == [
        SharedText(product_id="P1", text="x"),
        SharedText(product_id="P1", text="y"),
    ]
    counts = await bench.counts()
    assert (counts["unaligned_texts"], counts["shared_texts"]) == (2, 2)
    assert [(reject.kind, reject.column) for reject in await bench.rejects()] == [("value", "user_name")]


async def test_a_repeated_review_fills_its_missing_texts() -> None:
    """The first known texts stay, products are added, and each customer-product pair is an interaction."""
    first = numbered(1, **{**JOINED, "review_title": "a,b"})
    again = numbered(2, user_id="C1", review_id="R1", review_title="Good", review_content="Other")
    bench = Bench()
    await bench.upload(KEY, csv_lines([first, again, again]))
    asha = (await bench.stored_customers())[0]
    (review,) = asha.reviews
    assert (review.title, review.text, review.product_ids) == ("Good", "Works, so far", ("P1", "P2"))
    counts = await bench.counts()
    assert (counts["reviews"], counts["interactions"]) == (3, 4)


async def test_one_conflicting_reviewer_does_not_affect_the_others() -> None:
    """In a joined row the review that belongs to another customer is left out and reported."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2, **{**JOINED, "review_id": "R5,R1,R5"})]))
    customers = await bench.stored_customers()
    assert [(one.customer_id, len(one.reviews)) for one in customers] == [("C1", 2)]
    (reject,) = await bench.rejects()
    assert (reject.kind, reject.line, reject.column) == ("value", 3, "review_id")


async def test_optional_values_go_only_to_the_reviewer_they_belong_to() -> None:
    """One time applies to all reviewers of a row; a single age or address for several is dropped."""
    shared = numbered(1, **JOINED) | {"timestamp": "1672909124", "age": "40", "email": "asha@example.com"}
    times = "1672909125,1672909126,1672909127"
    each = {"timestamp": times, "age": "20,,30", "email": "a@example.com,b@example.com,c@example.com"}
    own = numbered(2, **JOINED) | {"user_id": "C4,C5,C6", "review_id": "R4,R5,R6", **each}
    bench = Bench()
    await bench.upload(KEY, csv_lines([shared, own]))
    facts = [(one.reviews[0].timestamp, one.age, one.email) for one in await bench.stored_customers()]
    assert facts == [
        (1_672_909_124, None, None),
        (1_672_909_124, None, None),
        (1_672_909_124, None, None),
        (1_672_909_125, 20, "a@example.com"),
        (1_672_909_126, None, "b@example.com"),
        (1_672_909_127, 30, "c@example.com"),
    ]


async def test_the_last_complete_record_of_a_product_wins() -> None:
    """A later record without a link does not replace one with a link; differences are counted."""
    rows = [
        numbered(1, product_name="Old"),
        numbered(1, product_name="New", discounted_price="₹499"),
        numbered(1, product_name="Bare", discounted_price="₹499", product_link=""),
    ]
    bench = Bench()
    await bench.upload(KEY, csv_lines(rows))
    (product,) = await bench.stored_products()
    assert (product.name, product.price, product.currency) == ("New", Decimal(499), "INR")
    assert (await bench.counts())["product_differences"] == 2 + 2


@pytest.mark.parametrize("wrap", [bytes, lambda body: b"\xef\xbb\xbf" + body, gzip.compress])
async def test_the_encoding_of_a_file_changes_nothing(wrap: Any) -> None:  # noqa: ANN401 - bytes to bytes
    """With or without byte order mark, compressed or not, whatever the file name says."""
    bench = Bench()
    await bench.upload(KEY, wrap(csv_lines([numbered(1), numbered(2)])))
    assert [product.product_id for product in await bench.stored_products()] == ["P1", "P2"]


async def test_columns_may_come_in_any_order_and_unknown_ones_are_ignored() -> None:
    """Columns are matched by name, ignoring case."""
    row = {"index": "0", **dict(reversed(numbered(1).items())), "": ""}
    bench = Bench()
    await bench.upload(KEY, csv_lines([{name.upper(): cell for name, cell in row.items()}]))
    assert len(await bench.stored_customers()) == 1


async def test_a_set_of_files_starts_its_run_with_the_last_of_them() -> None:
    """Until then nothing happens; reviews of unknown customers or products are rejected one by one."""
    bench = Bench()
    for key, body in SET.items():
        assert bench.run_ids == []
        await bench.upload(key, body)
    asha, other = await bench.stored_customers()
    assert (asha.email, asha.age, asha.reviews[0].rating) == ("asha@example.com", 40, Decimal(5))
    assert (other.name, other.reviews) == (None, ())
    rejects = [(reject.file, reject.line, reject.column) for reject in await bench.rejects()]
    reviews = "uploads/may/reviews.csv"
    assert rejects == [(reviews, 3, "user_id"), (reviews, 4, "product_id"), (reviews, 5, "review_id")]


async def test_the_invalid_file_of_a_set_is_named() -> None:
    """The reason of the failed run starts with its key."""
    bench = Bench()
    for key, body in (SET | {"uploads/may/products.csv": b"a,b\n1,2\n"}).items():
        await bench.upload(key, body)
    assert ((await bench.run()).reason or "").startswith("uploads/may/products.csv: missing columns")
