"""What a run has stored of its customers' opinions is read for the gallery."""

from decimal import Decimal

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import (
    AspectCount,
    AspectMention,
    CategorySentiment,
    Customer,
    Product,
    ProductSentiment,
    Review,
    ScoredReview,
    Sentiment,
)
from fondly.operations.emails.reviews import UNKNOWN_PRODUCT, RunReviews
from fondly.operations.emails.shown import Piece
from fondly.stack.gallery.categories import run_categories
from tests.support.stores import InMemoryObjects

RUN = "run-0123456789abcdef"


@pytest.fixture
async def objects() -> InMemoryObjects:
    """A bucket with a run of one part, as ingest leaves it."""
    stored = InMemoryObjects()
    kettle = Product(product_id="p1", name="Kettle", category=("Home",), price=Decimal(9), currency="INR")
    reviews = (
        Review(review_id="r1", product_ids=("gone", "p1"), text="Quick 🚀 but the lid leaks"),
        Review(review_id="r2", product_ids=("gone",), text="Fine"),
    )
    await stored.put_lines(object_keys.products(RUN), [kettle])
    customers = [Customer(customer_id="c1", reviews=reviews), Customer(customer_id="c2")]
    await stored.put_lines(object_keys.customers(RUN, 1), customers)
    return stored


async def test_reviews_are_joined_with_scores_and_product_names(objects: InMemoryObjects) -> None:
    """By the first listing that is in the catalogue; a customer without reviews has none."""
    lid = AspectMention(aspect="lid", sentiment=Sentiment.NEGATIVE, begin=16, end=19)
    scored = ScoredReview(
        review_id="r1",
        customer_id="c1",
        product_ids=("gone", "p1"),
        sentiment=Sentiment.MIXED,
        aspects=(lid,),
    )
    await objects.put_lines(object_keys.sentiment(RUN, 1), [scored])
    reviews = await (await RunReviews.of(objects, RUN)).of_part(1)
    assert reviews["c2"] == ()
    first, second = reviews["c1"]
    assert (first.product, first.label) == ("Kettle", Sentiment.MIXED)
    assert first.pieces[1] == Piece("lid", "lid", Sentiment.NEGATIVE)
    assert (second.product, second.label) == (UNKNOWN_PRODUCT, None)


async def test_opinions_of_products_and_categories_are_read(objects: InMemoryObjects) -> None:
    """Once they are stored."""
    products = (await RunReviews.of(objects, RUN)).products.values()
    assert await run_categories(objects, RUN, products) == []
    lid = AspectCount(aspect="lid", blamed=5)
    await objects.put_lines(
        object_keys.product_sentiment(RUN), [ProductSentiment(product_id="p1", negative=5, aspects=(lid,))]
    )
    await objects.put_lines(
        object_keys.category_sentiment(RUN),
        [CategorySentiment(category=("Home",), products=1, scored=5, aspects=(lid,))],
    )
    (found,) = await run_categories(objects, RUN, products)
    assert found.aspects[0].counts == "5 of 5 criticise"
    assert found.products[0].aspects[0].counts == "5 of 5 criticise, category 5 of 5"


async def test_a_run_that_failed_before_it_stored_anything_has_no_opinions() -> None:
    """Nothing is missing: there is nothing."""
    reviews = await RunReviews.of(InMemoryObjects(), RUN)
    assert await reviews.of_part(1) == {}
    assert await run_categories(InMemoryObjects(), RUN, []) == []
