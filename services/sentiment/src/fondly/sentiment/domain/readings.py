"""What was read in a document, and the records that it becomes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fondly.contracts.records import AspectMention, Customer, Opinion, Review, ScoredReview, SharedText
from fondly.sentiment.domain.scores import Score


@dataclass(frozen=True)
class Reading:
    """A document's language, sentiment and aspects."""

    score: Score
    language: str | None = None
    aspects: tuple[AspectMention, ...] = ()


NOTHING = Reading(Score())
Readings = Mapping[str, Reading]
"""By the document's words."""


def scored_reviews(customers: Iterable[Customer], readings: Readings) -> list[ScoredReview]:
    """Return every review of the customers with what was read in it, if anything, in order."""
    return [
        _scored(customer, review, readings.get(review.document, NOTHING))
        for customer in customers
        for review in customer.reviews
    ]


def not_read(customers: Iterable[Customer], readings: Readings) -> int:
    """Return how many reviews have words that were not read, because their customers get no email."""
    words = (review.document for customer in customers for review in customer.reviews)
    return sum(bool(each) and each not in readings for each in words)


def _scored(customer: Customer, review: Review, reading: Reading) -> ScoredReview:
    return ScoredReview(
        review_id=review.review_id,
        customer_id=customer.customer_id,
        product_ids=review.product_ids,
        language=reading.language,
        aspects=reading.aspects,
        **vars(reading.score),
    )


def shared_opinions(shared_texts: Iterable[SharedText], readings: Readings) -> list[Opinion]:
    """Return an opinion for each shared text that has a sentiment."""
    found = ((shared, readings.get(shared.document, NOTHING)) for shared in shared_texts)
    return [
        Opinion(
            product_id=shared.product_id,
            opinion_id=shared.text_id,
            sentiment=reading.score.sentiment,
            polarity=reading.score.scores.polarity,
            aspects=reading.aspects,
        )
        for shared, reading in found
        if reading.score.sentiment is not None and reading.score.scores is not None
    ]


def review_opinions(reviews: Iterable[ScoredReview]) -> Iterator[Opinion]:
    """Yield an opinion on each product of each review that has a sentiment."""
    for review in reviews:
        if review.sentiment is None or review.scores is None:
            continue
        for product_id in dict.fromkeys(review.product_ids):
            yield Opinion(
                product_id=product_id,
                opinion_id=review.review_id,
                sentiment=review.sentiment,
                polarity=review.scores.polarity,
                aspects=review.aspects,
            )
