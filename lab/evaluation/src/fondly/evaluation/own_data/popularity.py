"""The baseline that picks are compared with: the same most popular products for everybody."""

import math
from collections.abc import Iterable, Mapping

from fondly.contracts.records import Product, ProductSentiment
from fondly.recommender.domain.shop.ratings import shrunk_ratings

PRIOR_REVIEWS = 5
"""The sentiment of a product's reviews is computed as if it also had this many neutral ones."""
SENTIMENT_WEIGHT = 0.5
MAX_STARS = 5


def most_popular(
    products: Mapping[str, Product], sentiments: Iterable[ProductSentiment], owners: Mapping[str, int]
) -> list[str]:
    """Return the ids of all products, the most popular first, ties by id: by reach x quality x liking.

    reach = log(1 + people), quality = the mean rating shrunk towards the catalogue's (a Bayesian average)
    over five, and liking = 1 + half the mean sentiment shrunk towards neutral. People are those who rated a
    product, are among its `owners`, who reviewed or bought it, or wrote one of the texts that are scored.
    """
    by_product = {one.product_id: one for one in sentiments}
    stars = shrunk_ratings(products, by_product)
    scores = {
        key: _score(by_product.get(key), stars[key], max(one.rating_count or 0, owners.get(key, 0)))
        for key, one in products.items()
    }
    return sorted(scores, key=lambda key: (-scores[key], key))


def _score(sentiment: ProductSentiment | None, stars: float, people: int) -> float:
    scored = sentiment.scored if sentiment else 0
    polarity = sentiment.polarity * scored / (scored + PRIOR_REVIEWS) if sentiment else 0.0
    reach = math.log1p(max(people, scored))
    return reach * stars / MAX_STARS * (1 + SENTIMENT_WEIGHT * polarity)
