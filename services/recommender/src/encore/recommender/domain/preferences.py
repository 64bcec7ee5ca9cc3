"""How much a customer likes a product, from the words and the stars of their reviews."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from encore.contracts.records import (
    DISLIKED_FROM,
    LIKED_FROM,
    Customer,
    Review,
    ScoredReview,
    SentimentScores,
)

MIDDLE_STARS = 3
STARS_EACH_WAY = 2

Scores = Mapping[tuple[str, str], SentimentScores]
"""The scores of reviews by customer id and review id."""


class EventType(StrEnum):
    """The kinds of interaction that the model is trained on."""

    LIKED = "liked"
    REVIEWED = "reviewed"
    DISLIKED = "disliked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One customer's preference for one product: `value` from -1 (dislike) to 1 (like), None when unknown."""

    product_id: str
    value: float | None = None
    timestamp: int | None = None
    review_id: str | None = None
    """The customer's most favourable review of the product."""

    @property
    def event_type(self) -> EventType:
        """The kind of interaction; without a value it is `reviewed`."""
        if self.value is not None and self.value >= LIKED_FROM:
            return EventType.LIKED
        if self.value is not None and self.value <= DISLIKED_FROM:
            return EventType.DISLIKED
        return EventType.REVIEWED


def scores_by_review(scored: Iterable[ScoredReview]) -> Scores:
    """Index the scores of the reviews that have any."""
    return {
        (review.customer_id, review.review_id): review.scores
        for review in scored
        if review.scores is not None
    }


def preferences_of(customer: Customer, scores: Scores) -> list[Preference]:
    """Return one preference for each distinct product of the customer, in order of first appearance.

    Several reviews of one product are averaged; the timestamp is that of the latest.
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
        Preference(
            product_id=product_id,
            value=_mean(values[review.review_id] for review in about),
            timestamp=max((r.timestamp for r in about if r.timestamp is not None), default=None),
            review_id=max(about, key=lambda review: _known(values[review.review_id])).review_id,
        )
        for product_id, about in reviews.items()
    ]


def liked_products(customer: Customer, scores: Scores) -> set[str]:
    """Return the products that the customer is known to like."""
    preferences = preferences_of(customer, scores)
    return {one.product_id for one in preferences if one.event_type is EventType.LIKED}


def review_value(review: Review, scores: SentimentScores | None) -> float | None:
    """Return how favourable a review is, from -1 to 1, or None when it has neither scores nor stars.

    Words count by their sentiment (positive minus negative), stars by their distance from three (one star is
    -1, five stars 1). Where both are known they count equally: stars are coarse but explicit, words are
    fine-grained but interpreted by a model.
    """
    words = None if scores is None else scores.polarity
    stars = None if review.rating is None else (float(review.rating) - MIDDLE_STARS) / STARS_EACH_WAY
    return _mean((words, None if stars is None else max(-1.0, stars)))


def _known(value: float | None) -> float:
    return -math.inf if value is None else value


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
