"""The baseline that picks are compared with."""

from decimal import Decimal

from fondly.contracts.records import Product, ProductSentiment
from fondly.evaluation.own_data.popularity import most_popular


def product(product_id: str, rating: str | None = None, rating_count: int | None = None) -> Product:
    """A product with its ratings."""
    return Product(
        product_id=product_id,
        name=product_id,
        price=Decimal(100),
        currency="INR",
        rating=None if rating is None else Decimal(rating),
        rating_count=rating_count,
    )


def test_popularity_weighs_number_rating_and_sentiment() -> None:
    """More ratings, better ratings and positive reviews count; one perfect rating does not win."""
    products = {
        "one": product("one", "5", 1),
        "many": product("many", "4.2", 2_000),
        "praised": product("praised", "4.2", 2_000),
        "poor": product("poor", "2.1", 2_000),
    }
    praised = ProductSentiment(product_id="praised", positive=20, polarity=0.8)
    assert most_popular(products, [praised], {}) == ["praised", "many", "poor", "one"]


def test_without_ratings_and_reviews_what_more_people_bought_is_more_popular() -> None:
    """A shop that has only orders has popular products; equally popular ones are in the order of ids."""
    products = {one: product(one) for one in ("none", "few", "many", "again")}
    assert most_popular(products, (), {"few": 2, "many": 4}) == ["many", "few", "again", "none"]
