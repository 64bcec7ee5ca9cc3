"""Records that contradict each other: one of them counts, and the contradiction is counted."""

import pytest

from services.ingest.tests.fakes import Bench, csv_lines, numbered

KEY = "uploads/shop.csv"


async def ingested(*rows: dict[str, str]) -> Bench:
    """A bench that has ingested these rows."""
    bench = Bench()
    await bench.upload(KEY, csv_lines(rows))
    return bench


@pytest.mark.parametrize(
    ("second", "conflicts"),
    [("one@shop.example", 0), ("ONE@Shop.example", 0), ("", 0), ("two@shop.example", 1)],
)
async def test_a_customer_with_two_addresses_keeps_the_first(second: str, conflicts: int) -> None:
    """Case makes no other address, and an empty cell contradicts nothing."""
    bench = await ingested(numbered(1, email="one@shop.example"), numbered(2, user_id="C1", email=second))
    (customer,) = await bench.stored_customers()
    assert customer.email == "one@shop.example"
    assert (await bench.counts())["customer_conflicts"] == conflicts


@pytest.mark.parametrize(
    ("second", "conflicts"), [("Looks durable, charging is fine", 0), ("", 0), ("It broke", 1)]
)
async def test_a_repeated_review_with_other_words_keeps_the_first(second: str, conflicts: int) -> None:
    """The same words, or none, are no contradiction: a review is often listed under several products."""
    bench = await ingested(numbered(1), numbered(2, user_id="C1", review_id="R1", review_content=second))
    (review,) = (await bench.stored_customers())[0].reviews
    assert (review.text, review.product_ids) == ("Looks durable, charging is fine", ("P1", "P2"))
    assert (await bench.counts())["review_conflicts"] == conflicts


async def test_addresses_that_several_customers_share_are_counted() -> None:
    """Each address once, however many customers have it; they stay customers of their own."""
    addresses = ["one@shop.example", "One@shop.example", "one@shop.example", "two@shop.example", ""]
    bench = await ingested(*(numbered(at, email=email) for at, email in enumerate(addresses, 1)))
    assert len(await bench.stored_customers()) == 5
    assert (await bench.counts())["shared_addresses"] == 1


async def test_fields_in_which_a_product_differs_are_counted() -> None:
    """The last record counts as a whole."""
    bench = await ingested(
        numbered(1), numbered(2, product_id="P1", product_name="Braided cable, 2 m", rating="4.0")
    )
    (product,) = await bench.stored_products()
    assert product.name == "Braided cable, 2 m"
    assert (await bench.counts())["product_differences"] == 2


async def test_purchases_are_stored_with_the_run_and_not_in_the_table_of_customers() -> None:
    """An item of the table has a size limit, and who buys every week for years has many."""
    bench = Bench()
    await bench.upload(
        "uploads/a/products.csv", csv_lines([{"product_id": "P1", "product_name": "Mug", "price": "4"}])
    )
    await bench.upload("uploads/a/customers.csv", csv_lines([{"user_id": "C1"}]))
    order = {"order_id": "O1", "user_id": "C1", "product_id": "P1"}
    await bench.upload("uploads/a/orders.csv", csv_lines([order]))
    assert len((await bench.stored_customers())[0].purchases) == 1
    assert "purchases" not in bench.customers.items["C1",]
