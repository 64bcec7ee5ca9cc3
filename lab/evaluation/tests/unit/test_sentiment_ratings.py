"""Whether well-rated products read well."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from fondly.contracts.records import Customer, Product, Review, Sentiment, SentimentScores, SharedText
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment.metrics import Correlation
from fondly.evaluation.sentiment.ratings import evaluate_ratings, texts_by_product
from fondly.sentiment.domain.scores import Score


def product(product_id: str, rating: str | None) -> Product:
    """A product of the shop."""
    return Product(
        product_id=product_id,
        name="Lamp",
        price=Decimal(1),
        currency="EUR",
        rating=Decimal(rating) if rating else None,
    )


def by_number(texts: Sequence[str]) -> list[Score]:
    """An engine that reads the polarity out of the text, and fails at anything else."""
    return [
        Score(
            sentiment=Sentiment.POSITIVE,
            scores=SentimentScores(positive=float(text), negative=0, neutral=0, mixed=0),
        )
        if text.replace(".", "").isdigit()
        else Score(error="InternalServerException")
        for text in texts
    ]


def test_texts_are_found_under_every_product_once() -> None:
    """A review of two products, the same words again, and a text of which only the product is known."""
    reviews = (
        Review(review_id="r1", product_ids=("p1", "p2"), title="Good", text="Works"),
        Review(review_id="r2", product_ids=("p1",), text="Good. Works"),
        Review(review_id="r3", product_ids=("p3",)),
    )
    found = texts_by_product(
        [Customer(customer_id="c", reviews=reviews)], [SharedText(product_id="p2", text="Fine")]
    )
    assert found == {"p1": ["Good. Works"], "p2": ["Good. Works", "Fine"]}


def test_mean_polarities_are_ranked_against_ratings() -> None:
    """Over all rated products, and over those with three scored texts."""
    texts = {
        "p1": ["0.1", "0.2", "0.3"],
        "p2": ["0.9"],
        "p3": ["0.4", "failed"],
        "p4": ["0.5"],
        "unrated": ["0.1"],
        "failed": ["failed"],
    }
    ratings = {"p1": "1", "p2": "5", "p3": "2", "p4": "3", "unrated": None, "failed": "4", "no text": "5"}
    products = [product(*each) for each in ratings.items()]
    found = evaluate_ratings(products, texts, {"ours": by_number})
    assert (found.texts, found.rated_products) == (7, 5)
    ours = found.engines["ours"]
    assert ours.all_products.pairs == 4
    assert ours.all_products.rho == pytest.approx(1.0)
    assert ours.with_enough_texts == Correlation(1)


def test_a_file_without_ratings_cannot_be_correlated() -> None:
    """One line says so."""
    with pytest.raises(EvaluationError, match="no product has both a rating and a text"):
        evaluate_ratings([product("p1", None)], {"p1": ["0.5"]}, {"ours": by_number})
