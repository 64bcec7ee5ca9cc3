"""What a customer thinks of a product, from the words and the stars of their reviews."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from encore.contracts.records import Customer, Review, ScoredReview, SentimentScores

LIKED_FROM = 0.2
"""An opinion at least this far from neutral is a liking, or on the other side a dislike."""
MIDDLE_STARS = 3
STARS_EACH_WAY = 2

Scores = Mapping[tuple[str, str], SentimentScores]
"""The scores of reviews by customer id and review id."""


class EventType(StrEnum):
    """The kinds of interaction that a model is trained on."""

    LIKED = "liked"
    REVIEWED = "reviewed"
    DISLIKED = "disliked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One customer's stand on one product; `value` from -1 (against) to 1 (for), None when unknown."""

    product_id: str
    value: float | None = None
    timestamp: int | None = None

    @property
    def event_type(self) -> EventType:
        """The interaction that the opinion amounts to; an unknown one is a plain review."""
        if self.value is None or abs(self.value) < LIKED_FROM:
            return EventType.REVIEWED
        return EventType.LIKED if self.value > 0 else EventType.DISLIKED

    @property
    def is_favourable(self) -> bool:
        """True when the customer is known not to be against the product: "you liked" is no lie."""
        return self.value is not None and self.value >= 0


def scores_by_review(scored: Iterable[ScoredReview]) -> Scores:
    """Index the reviews that have scores."""
    return {
        (review.customer_id, review.review_id): review.scores
        for review in scored
        if review.scores is not None
    }


def opinions_of(customer: Customer, scores: Scores) -> list[Opinion]:
    """Return one opinion a distinct product of the customer, in the order first met.

    Several reviews of one product count as their mean; the time is that of the latest.
    """
    reviews: dict[str, list[Review]] = {}
    for review in customer.reviews:
        for product_id in dict.fromkeys(review.product_ids):
            reviews.setdefault(product_id, []).append(review)
    values = {
        review.review_id: review_value(review, scores.get((customer.customer_id, review.review_id)))
        for review in customer.reviews
    }
    return [
        Opinion(
            product_id=product_id,
            value=_mean(values[review.review_id] for review in about),
            timestamp=max((r.timestamp for r in about if r.timestamp is not None), default=None),
        )
        for product_id, about in reviews.items()
    ]


def review_value(review: Review, scores: SentimentScores | None) -> float | None:
    """Return what a review says for its product, -1 to 1, or None when it says nothing.

    Words speak through their sentiment (positive minus negative), stars through their distance from three
    (one star -1, five stars 1). Where both are known they count alike: stars are coarse but explicit, words
    are fine but read by a model.
    """
    words = None if scores is None else scores.polarity
    stars = None if review.rating is None else (float(review.rating) - MIDDLE_STARS) / STARS_EACH_WAY
    return _mean((words, None if stars is None else max(-1.0, stars)))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
