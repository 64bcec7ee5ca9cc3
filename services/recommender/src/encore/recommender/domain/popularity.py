"""How popular a product is: many ratings, good ratings, and positive reviews."""

import math
from collections.abc import Mapping
from statistics import fmean

from encore.contracts.records import Product, ProductSentiment

PRIOR_RATINGS = 50
"""A product's rating is computed as if it also had this many average ones."""
PRIOR_REVIEWS = 5
"""The same for the sentiment of its reviews, with neutral ones."""
SENTIMENT_WEIGHT = 0.5
MAX_STARS = 5
MIDDLE_STARS = 3.0
MIN_SCORED_TO_DISLIKE = 3


def popularity(
    products: Mapping[str, Product], sentiments: Mapping[str, ProductSentiment]
) -> dict[str, float]:
    """Score every product; a more popular one scores higher.

    reach x quality x liking, where reach = log(1 + ratings), quality = the mean rating shrunk towards the
    catalogue's (a Bayesian average) over five, and liking = 1 + half the mean sentiment shrunk towards
    neutral. Without a rating count, the number of scored reviews is used.
    """
    known = [float(product.rating) for product in products.values() if product.rating is not None]
    average = fmean(known) if known else MIDDLE_STARS
    return {
        product_id: _score(product, sentiments.get(product_id), average)
        for product_id, product in products.items()
    }


def is_disliked(sentiment: ProductSentiment) -> bool:
    """Return whether buyers mostly dislike a product: three or more scored reviews, negative on average."""
    return sentiment.scored >= MIN_SCORED_TO_DISLIKE and sentiment.polarity < 0


def _score(product: Product, sentiment: ProductSentiment | None, average: float) -> float:
    scored = sentiment.scored if sentiment else 0
    ratings = scored if product.rating_count is None else product.rating_count
    rating = average if product.rating is None else float(product.rating)
    quality = (PRIOR_RATINGS * average + ratings * rating) / (PRIOR_RATINGS + ratings) / MAX_STARS
    polarity = sentiment.polarity * scored / (scored + PRIOR_REVIEWS) if sentiment else 0.0
    return math.log1p(ratings) * quality * (1 + SENTIMENT_WEIGHT * polarity)
