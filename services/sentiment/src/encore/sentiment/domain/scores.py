"""Joins scores to reviews and aggregates them by product."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from encore.contracts.records import Customer, ProductSentiment, ScoredReview, Sentiment, SentimentScores


@dataclass(frozen=True)
class Score:
    """The sentiment of one document, or the error that prevented scoring it."""

    sentiment: Sentiment | None = None
    scores: SentimentScores | None = None
    error: str | None = None


Keep = Callable[[Mapping[str, Score]], Awaitable[None]]
"""Receives scores by review id as they arrive."""
_score = TypeAdapter(Score)


def write_score(score: Score) -> str:
    """Return the score as JSON."""
    return _score.dump_json(score, exclude_none=True).decode()


def read_score(text: str) -> Score:
    """Return the score that `write_score` wrote."""
    return _score.validate_json(text)


def scored_reviews(customers: Iterable[Customer], scores: Mapping[str, Score]) -> list[ScoredReview]:
    """Return every review of the customers with its score, if any, in order."""
    return [
        ScoredReview(
            review_id=review.review_id,
            customer_id=customer.customer_id,
            product_ids=review.product_ids,
            **vars(scores.get(review.review_id, Score())),
        )
        for customer in customers
        for review in customer.reviews
    ]


class ProductTally:
    """Aggregates scored reviews by product; a review under several products counts for each."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[Sentiment, int]] = {}
        self._polarity: dict[str, float] = {}

    def add(self, reviews: Iterable[ScoredReview]) -> None:
        """Add the reviews that have a score."""
        for review in reviews:
            if review.sentiment is None or review.scores is None:
                continue
            for product_id in review.product_ids:
                counts = self._counts.setdefault(product_id, dict.fromkeys(Sentiment, 0))
                counts[review.sentiment] += 1
                before = self._polarity.get(product_id, 0.0)
                self._polarity[product_id] = before + review.scores.polarity

    def products(self) -> list[ProductSentiment]:
        """Return the aggregates, sorted by product id."""
        return [
            ProductSentiment(
                product_id=product_id,
                positive=counts[Sentiment.POSITIVE],
                negative=counts[Sentiment.NEGATIVE],
                neutral=counts[Sentiment.NEUTRAL],
                mixed=counts[Sentiment.MIXED],
                polarity=round(self._polarity[product_id] / sum(counts.values()), 4),
            )
            for product_id, counts in sorted(self._counts.items())
        ]
