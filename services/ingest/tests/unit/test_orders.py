"""Orders: purchases of customers, beside reviews or instead of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from fondly.contracts.records import Exclusion
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, csv_lines

FOLDER = "uploads/shop/"
PRODUCTS = [
    {"product_id": "P1", "product_name": "Kettle", "discounted_price": "12.50", "parent_id": ""},
    {"product_id": "P2", "product_name": "Mug, blue", "discounted_price": "4.00", "parent_id": "mug"},
    {"product_id": "P3", "product_name": "Mug, red", "discounted_price": "4.00", "parent_id": "mug"},
]
CUSTOMERS = [
    {"user_id": "C1", "email": "one@shop.example", "marketing_consent": "yes"},
    {"user_id": "C2", "email": "two@shop.example", "marketing_consent": "no"},
]


async def ingested(**files: Sequence[Mapping[str, str]]) -> Bench:
    """A bench that has ingested a set of these files."""
    bench = Bench()
    for name, rows in {"products": PRODUCTS, "customers": CUSTOMERS, **files}.items():
        await bench.upload(f"{FOLDER}{name}.csv", csv_lines(rows))
    return bench


def order(**cells: str) -> dict[str, str]:
    """A line of an order."""
    return {"order_id": "O1", "user_id": "C1", "product_id": "P1", "quantity": "", "timestamp": "", **cells}


async def test_a_set_of_orders_without_reviews_is_complete() -> None:
    """Purchases travel with their customers, and the event counts them."""
    bench = await ingested(
        orders=[order(quantity="2", timestamp="2026-03-01"), order(product_id="P2", order_id="O2")]
    )
    customers = {each.customer_id: each for each in await bench.stored_customers()}
    found = [(each.order_id, each.product_id, each.quantity) for each in customers["C1"].purchases]
    assert found == [("O1", "P1", 2), ("O2", "P2", 1)]
    assert customers["C1"].purchases[0].timestamp == 1772323200
    assert customers["C1"].product_ids == ("P1", "P2")
    assert sum(part.purchases for part in bench.parts) == 2
    counts = await bench.counts()
    assert (counts["purchases"], counts["reviews"], counts["interactions"]) == (2, 0, 2)


async def test_what_a_purchase_came_to_is_kept_where_the_file_says_it() -> None:
    """The price of a piece times their number; an order that has a product twice counts the larger line."""
    bench = await ingested(
        orders=[
            order(quantity="2", **{"Lineitem price": "12.50"}),
            order(product_id="P2", order_id="O2", **{"Lineitem price": ""}),
            order(product_id="P1", order_id="O3", quantity="1", **{"Lineitem price": "12.50"}),
            order(product_id="P1", order_id="O3", quantity="3", **{"Lineitem price": "10"}),
            order(product_id="P3", order_id="O4", **{"Lineitem price": "4.00 USD"}),
            order(product_id="P2", order_id="O5", **{"Lineitem price": "4.00 INR"}),
        ]
    )
    [customer] = [each for each in await bench.stored_customers() if each.customer_id == "C1"]
    assert {each.order_id: each.value for each in customer.purchases} == {
        "O1": Decimal("25.00"),
        "O2": None,
        "O3": Decimal(30),
        "O4": None,
        "O5": Decimal("4.00"),
    }
    [note] = await bench.rejects()
    assert note.column == "Lineitem price"
    assert note.reason == "found '4.00 USD', expected a price in INR, the shop's currency"


async def test_a_buyer_is_known_by_address_and_a_guest_gets_an_id_without_it() -> None:
    """Orders of exports name addresses; an id is nobody's address."""
    bench = await ingested(
        orders=[
            {"order_id": "O1", "email": "ONE@shop.example", "product_id": "P1"},
            {"order_id": "O2", "email": "guest@shop.example", "product_id": "P1"},
        ]
    )
    customers = await bench.stored_customers()
    assert [each.customer_id for each in customers[:2]] == ["C1", "C2"]
    assert customers[0].purchases
    guest = customers[2]
    assert guest.customer_id.startswith("address-")
    assert "guest" not in guest.customer_id
    assert guest.email == "guest@shop.example"


async def test_the_customers_file_decides_consent_and_an_order_only_for_guests() -> None:
    """What was agreed to with an old order does not undo what holds today, in either direction."""
    bench = await ingested(
        orders=[
            {"order_id": "O1", "email": "one@shop.example", "product_id": "P1", "marketing_consent": "no"},
            {"order_id": "O2", "email": "two@shop.example", "product_id": "P1", "marketing_consent": "yes"},
            {"order_id": "O3", "email": "guest@shop.example", "product_id": "P1", "marketing_consent": "no"},
        ]
    )
    found = [each.exclusion for each in await bench.stored_customers()]
    assert found == [None, Exclusion.NO_CONSENT, Exclusion.NO_CONSENT]


async def test_bad_lines_of_orders_are_rejected_and_the_others_kept() -> None:
    """Unknown products and customers, another's order, a quantity that is none: each with its column."""
    bench = await ingested(
        orders=[
            order(),
            order(product_id="P9"),
            order(user_id="C9"),
            order(user_id="C2", product_id="P2"),
            order(order_id="O3", quantity="0"),
            order(order_id="O4", product_id="mug"),
            *[order(order_id=f"O{number}") for number in range(100, 220)],
        ]
    )
    rejects = [(each.line, each.column) for each in await bench.rejects()]
    assert rejects == [
        (3, "product_id"),
        (4, "user_id"),
        (5, "order_id"),
        (6, "quantity"),
        (7, "product_id"),
    ]
    assert (await bench.counts())["purchases"] == 121


async def test_a_review_of_a_parent_is_about_all_its_variants() -> None:
    """Review programs name what a page shows, not its sizes and colours."""
    bench = await ingested(reviews=[{"review_id": "R1", "user_id": "C1", "product_id": "mug"}])
    (review,) = (await bench.stored_customers())[0].reviews
    assert review.product_ids == ("P2", "P3")


async def test_a_review_of_a_product_that_is_also_a_parent_is_about_itself() -> None:
    """However often it is repeated: the main product of a family lends its id to the others."""
    products = [{**PRODUCTS[0], "product_id": "mug"}, *PRODUCTS]
    review = {"review_id": "R1", "user_id": "C1", "product_id": "mug"}
    bench = await ingested(products=products, reviews=[review, review])
    (found,) = (await bench.stored_customers())[0].reviews
    assert found.product_ids == ("mug",)


async def test_a_file_that_is_not_what_its_name_promises_fails_the_run() -> None:
    """The reason names the file, what it looks like, and what was expected."""
    bench = await ingested(reviews=[order()])
    run = await bench.run()
    assert run.status is RunStatus.FAILED
    assert "reviews.csv: found the columns of" in (run.reason or "")
