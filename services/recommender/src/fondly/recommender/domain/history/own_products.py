"""What customers have, and what their own reviews praise and blame about it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from fondly.contracts.records import (
    AspectMention,
    Customer,
    OwnProduct,
    Product,
    ProductAspect,
    ScoredReview,
    Sentiment,
)
from fondly.recommender.domain.history.preferences import Preference

MAX_ASPECTS = 10
"""How many of a customer's praised, and blamed, aspects are passed on: an email has room for one or two."""
MAX_OWNED = 20

Mentions = Mapping[tuple[str, str], Sequence[AspectMention]]
"""The aspects that reviews mention, by customer id and review id."""


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
    preferences: Iterable[Preference], products: Mapping[str, Product]
) -> tuple[OwnProduct, ...]:
    """Return the first `MAX_OWNED` of the customer's products that are in the catalogue."""
    found = (
        OwnProduct(
            product_id=one.product_id,
            product_name=products[one.product_id].name,
            category=products[one.product_id].category,
            polarity=one.value,
        )
        for one in preferences
        if one.product_id in products
    )
    return tuple(islice(found, MAX_OWNED))
