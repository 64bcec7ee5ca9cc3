from encore.contracts.records import Customer, Review, ScoredReview, Sentiment, SentimentScores
from encore.sentiment.domain.scores import ProductTally, Score, scored_reviews


def scores(positive: float, negative: float) -> SentimentScores:
    """Scores in which the remainder is neutral."""
    return SentimentScores(
        positive=positive, negative=negative, neutral=round(1 - positive - negative, 6), mixed=0
    )


def test_every_review_is_returned_scored_or_not() -> None:
    """Reviews without a score stay in the list, so later stages see all of them."""
    customer = Customer(
        customer_id="c",
        reviews=(
            Review(review_id="r1", product_ids=("p1", "p2")),
            Review(review_id="r2", product_ids=("p1",)),
            Review(review_id="r3", product_ids=("p1",)),
        ),
    )
    found = scored_reviews(
        [customer],
        {"r1": Score(Sentiment.POSITIVE, scores(0.9, 0.1)), "r2": Score(error="TextSize")},
    )
    assert [(review.review_id, review.sentiment, review.error) for review in found] == [
        ("r1", "POSITIVE", None),
        ("r2", None, "TextSize"),
        ("r3", None, None),
    ]
    assert found[0].product_ids == ("p1", "p2")
    assert found[0].customer_id == "c"


def test_products_aggregate_their_reviews_from_all_parts() -> None:
    """A review under two products counts for both; an unscored one for none."""
    tally = ProductTally()
    tally.add([_scored("r1", Sentiment.POSITIVE, 0.9, 0.1, "p1", "p2")])
    tally.add([_scored("r2", Sentiment.NEGATIVE, 0.1, 0.7, "p1")])
    tally.add([ScoredReview(review_id="r3", customer_id="c", product_ids=("p3",))])
    first, second = tally.products()
    assert (first.product_id, first.positive, first.negative, first.scored) == ("p1", 1, 1, 2)
    assert first.polarity == 0.1
    assert (second.product_id, second.polarity, second.scored) == ("p2", 0.8, 1)


def _scored(
    review_id: str, label: Sentiment, positive: float, negative: float, *product_ids: str
) -> ScoredReview:
    return ScoredReview(
        review_id=review_id,
        customer_id="c",
        product_ids=product_ids,
        sentiment=label,
        scores=scores(positive, negative),
    )
