"""What a customer has, and what their purchases and the words and stars of their reviews say of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from statistics import fmean

from fondly.contracts.records import (
    DISLIKED_FROM,
    LIKED_FROM,
    AspectMention,
    Customer,
    OwnProduct,
    Product,
    ProductAspect,
    Purchase,
    Review,
    ScoredReview,
    Sentiment,
    SentimentScores,
)

MIDDLE_STARS = 3
STARS_EACH_WAY = 2
SAYS_SOMETHING = 0.2
"""The polarity, in either direction, from which on words say what the customer thinks."""

Scores = Mapping[tuple[str, str], SentimentScores]
"""The scores of reviews by customer id and review id."""
MAX_ASPECTS = 10
"""How many of a customer's praised, and blamed, aspects are passed on: an email has room for one or two."""
MAX_OWNED = 20
MAX_SAID_CHARS = 400
Mentions = Mapping[tuple[str, str], Sequence[AspectMention]]
"""The aspects that reviews mention, by customer id and review id."""


class EventType(StrEnum):
    """The kinds of interaction that the model is trained on."""

    LIKED = "liked"
    PURCHASED = "purchased"
    """Bought by an order, and nothing is known of what the customer thinks of it."""
    REVIEWED = "reviewed"
    DISLIKED = "disliked"
    CLICKED = "clicked"
    """They followed a link to it, which shows neither possession nor preference."""
    VIEWED = "viewed"
    """They looked at its page, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One customer's preference for one product: `value` from -1 (dislike) to 1 (like), None when unknown.

    The customer has reviewed the product, bought it by an order, or both; `timestamp` is that of their latest
    order of it, which says when they wanted it, else that of their latest review.
    """

    product_id: str
    value: float | None = None
    timestamp: int | None = None
    review_id: str | None = None
    """The customer's most favourable review of the product; None if they have only bought it."""
    is_bought: bool = False
    """Whether an order of theirs has it."""

    @property
    def event_type(self) -> EventType:
        """The kind of interaction: an opinion says more than a purchase, a purchase more than no opinion."""
        if self.value is None:
            return EventType.PURCHASED if self.is_bought else EventType.REVIEWED
        if self.value >= LIKED_FROM:
            return EventType.LIKED
        return EventType.DISLIKED if self.value <= DISLIKED_FROM else EventType.REVIEWED


def scores_by_review(scored: Iterable[ScoredReview]) -> Scores:
    """Index the scores of the reviews that have any."""
    return {
        (review.customer_id, review.review_id): review.scores
        for review in scored
        if review.scores is not None
    }


def preferences_of(customer: Customer, scores: Scores) -> list[Preference]:
    """Return a preference for each product of the customer, in order; several reviews of one are averaged."""
    reviews: dict[str, list[Review]] = {}
    for review in customer.reviews:
        for product_id in dict.fromkeys(review.product_ids):
            reviews.setdefault(product_id, []).append(review)
    orders: dict[str, list[Purchase]] = {}
    for purchase in customer.purchases:
        orders.setdefault(purchase.product_id, []).append(purchase)
    values = {
        review.review_id: review_value(review, scores.get((customer.customer_id, review.review_id)))
        for review in customer.reviews
    }
    return [
        _preference(product_id, reviews.get(product_id, ()), orders.get(product_id, ()), values)
        for product_id in customer.product_ids
    ]


def _preference(
    product_id: str, reviews: Sequence[Review], orders: Sequence[Purchase], values: Mapping[str, float | None]
) -> Preference:
    """Return what the reviews and orders of one product say; `values` has those of reviews by their ids."""
    best = max(reviews, key=lambda review: _known(values[review.review_id]), default=None)
    ordered_at = _latest(orders)
    return Preference(
        product_id=product_id,
        value=_mean(values[review.review_id] for review in reviews),
        timestamp=_latest(reviews) if ordered_at is None else ordered_at,
        review_id=best.review_id if best else None,
        is_bought=bool(orders),
    )


def _latest(told: Iterable[Review | Purchase]) -> int | None:
    return max((one.timestamp for one in told if one.timestamp is not None), default=None)


def liked_products(customer: Customer, scores: Scores) -> set[str]:
    """Return the products that the customer is known to like."""
    preferences = preferences_of(customer, scores)
    return {one.product_id for one in preferences if one.event_type is EventType.LIKED}


def review_value(review: Review, scores: SentimentScores | None) -> float | None:
    """Return how favourable a review is, from -1 to 1, or None when it has neither scores nor stars.

    Words count by their sentiment (positive minus negative), stars by their distance from three (one star is
    -1, five stars 1). Where both say something they count equally: stars are coarse but explicit, words are
    fine-grained but interpreted by a model. Words that it takes for neutral say nothing beside stars.
    """
    words = None if scores is None else scores.polarity
    if words is not None and review.rating is not None and abs(words) < SAYS_SOMETHING:
        words = None
    stars = None if review.rating is None else (float(review.rating) - MIDDLE_STARS) / STARS_EACH_WAY
    return _mean((words, None if stars is None else max(-1.0, stars)))


def _known(value: float | None) -> float:
    return -math.inf if value is None else value


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def mentions_by_review(scored: Iterable[ScoredReview]) -> Mentions:
    """Index the aspects of the reviews that mention any."""
    return {(review.customer_id, review.review_id): review.aspects for review in scored if review.aspects}


def own_aspects(
    customer: Customer, mentions: Mentions, products: Mapping[str, Product], sentiment: Sentiment
) -> tuple[ProductAspect, ...]:
    """Return the first `MAX_ASPECTS` aspects that the customer's reviews mention with this sentiment.

    They come in the order of the reviews and of their words; each counts once for a product.
    A review under several products counts for the first of them in the catalogue.
    """
    found = (
        ProductAspect(product_id=product.product_id, product_name=product.name, aspect=mention.aspect)
        for review in customer.reviews
        if (product := next(filter(None, map(products.get, review.product_ids)), None))
        for mention in sorted(
            mentions.get((customer.customer_id, review.review_id), ()), key=attrgetter("begin")
        )
        if mention.sentiment is sentiment
    )
    return tuple(islice(dict.fromkeys(found), MAX_ASPECTS))


def own_products(
    preferences: Iterable[Preference], products: Mapping[str, Product], reviews: Iterable[Review] = ()
) -> tuple[OwnProduct, ...]:
    """Return the first `MAX_OWNED` products of theirs in the catalogue, with what their `reviews` say."""
    said = {one.review_id: one for one in reviews}
    found = (
        OwnProduct(
            product_id=one.product_id,
            product_name=products[one.product_id].name,
            brand=products[one.product_id].brand,
            category=products[one.product_id].category,
            polarity=one.value,
            stars=review.rating if review else None,
            said=_cut(review.document) if review else None,
        )
        for one in preferences
        if one.product_id in products
        for review in (said.get(one.review_id or ""),)
    )
    return tuple(islice(found, MAX_OWNED))


def _cut(words: str) -> str | None:
    if len(words) > MAX_SAID_CHARS:
        words = words[:MAX_SAID_CHARS].rpartition(" ")[0]
    return words or None
