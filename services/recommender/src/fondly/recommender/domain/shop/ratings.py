"""How well a product is rated, and what its buyers praise and dislike."""

from collections.abc import Mapping
from statistics import fmean

from fondly.contracts.records import DISLIKED_FROM, AspectCount, Product, ProductSentiment

PRIOR_RATINGS = 50
"""A product's rating is computed as if it had this many average ratings more."""
MIDDLE_STARS = 3.0
MIN_SCORED_TO_DISLIKE = 3
MIN_PRAISING = 3
PRAISED_PER_BLAMED = 4
MAX_PRAISED = 3
MIN_BLAMING, BLAMED_SHARE = 2, 0.25
PRICE = "price"


def shrunk_ratings(
    products: Mapping[str, Product], sentiments: Mapping[str, ProductSentiment]
) -> dict[str, float]:
    """Return every product's mean rating in stars, shrunk towards the catalogue's (a Bayesian average)."""
    known = [float(product.rating) for product in products.values() if product.rating is not None]
    average = fmean(known) if known else MIDDLE_STARS
    return {key: _shrunk(product, sentiments.get(key), average) for key, product in products.items()}


def is_disliked(sentiment: ProductSentiment) -> bool:
    """Return whether buyers mostly dislike a product: three or more scored reviews, in the mean a dislike."""
    return sentiment.scored >= MIN_SCORED_TO_DISLIKE and sentiment.polarity <= DISLIKED_FROM


def praised(sentiment: ProductSentiment) -> tuple[AspectCount, ...]:
    """Return the aspects that an email may say buyers praise, most praised first; price is left to them."""
    others = (each for each in sentiment.aspects if each.aspect != PRICE)
    found = (each for each in others if each.praised >= max(MIN_PRAISING, PRAISED_PER_BLAMED * each.blamed))
    return tuple(sorted(found, key=lambda each: -each.praised)[:MAX_PRAISED])


def blamed(sentiment: ProductSentiment) -> tuple[AspectCount, ...]:
    """Return the aspects that two people, and a quarter of who mention them, blame: most blamed first."""
    found = (one for one in sentiment.aspects if one.blamed >= max(MIN_BLAMING, BLAMED_SHARE * one.mentions))
    return tuple(sorted(found, key=lambda one: -one.blamed)[:MAX_PRAISED])


def _shrunk(product: Product, sentiment: ProductSentiment | None, average: float) -> float:
    scored = sentiment.scored if sentiment else 0
    ratings = scored if product.rating_count is None else product.rating_count
    rating = average if product.rating is None else float(product.rating)
    return (PRIOR_RATINGS * average + ratings * rating) / (PRIOR_RATINGS + ratings)
