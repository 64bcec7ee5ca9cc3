"""The rows of the data sets: a customer's interactions, a product, a customer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from encore.contracts.records import Customer, Product, ProductSentiment
from encore.recommender.domain.csv_files import Row, is_fit_id
from encore.recommender.domain.preferences import Opinion

MAX_CATEGORICAL_CHARS = 1_000
MAX_TEXTUAL_CHARS = 20_000
FAVOURITE_LEVELS = 2
"""Deep enough to tell tastes apart, shallow enough to be shared by many customers."""
AGE_GROUPS = ((18, "under-18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
OLDEST = "65-and-over"
FEW_PRODUCTS = 4


def interaction_rows(
    customer: Customer, opinions: Iterable[Opinion], *, default_timestamp: int
) -> Iterator[Row]:
    """Yield one row a distinct product of the customer.

    Where the data has no times every row carries `default_timestamp`: order then has no meaning.
    """
    for opinion in opinions:
        if is_fit_id(opinion.product_id):
            yield {
                "USER_ID": customer.customer_id,
                "ITEM_ID": opinion.product_id,
                "TIMESTAMP": default_timestamp if opinion.timestamp is None else opinion.timestamp,
                "EVENT_TYPE": opinion.event_type.value,
                "EVENT_VALUE": None if opinion.value is None else round(opinion.value, 4),
            }


def item_row(product: Product, sentiment: ProductSentiment | None) -> Row:
    """Describe a product: category path levels joined by `|`, figures, name and bullets as one text."""
    return {
        "ITEM_ID": product.product_id,
        "CATEGORY": _path(product.category),
        "PRICE": float(product.price),
        "LIST_PRICE": None if product.list_price is None else float(product.list_price),
        "DISCOUNT_PERCENT": product.discount_percent,
        "RATING": None if product.rating is None else float(product.rating),
        "RATING_COUNT": product.rating_count,
        "SENTIMENT": round(sentiment.polarity, 4) if sentiment and sentiment.scored else None,
        "DESCRIPTION": ". ".join((product.name, *product.bullets))[:MAX_TEXTUAL_CHARS],
    }


def user_row(customer: Customer, opinions: Sequence[Opinion], products: Mapping[str, Product]) -> Row:
    """Describe a customer without saying who it is."""
    return {
        "USER_ID": customer.customer_id,
        "AGE_GROUP": _age_group(customer.age),
        "ACTIVITY": _activity(len(opinions)),
        "FAVOURITE_CATEGORY": _favourite_category(opinions, products),
    }


def _path(levels: Sequence[str]) -> str | None:
    """Whole levels only: a cut one would be a category that does not exist."""
    path = ""
    for level in levels:
        longer = f"{path}|{level.replace('|', '/')}" if path else level.replace("|", "/")
        if len(longer) > MAX_CATEGORICAL_CHARS:
            break
        path = longer
    return path or None


def _age_group(age: int | None) -> str | None:
    if age is None:
        return None
    return next((name for below, name in AGE_GROUPS if age < below), OLDEST)


def _activity(products: int) -> str:
    if products <= 1:
        return "one" if products else "none"
    return "few" if products <= FEW_PRODUCTS else "many"


def _favourite_category(opinions: Iterable[Opinion], products: Mapping[str, Product]) -> str | None:
    """The category with the best sum of opinions; an unknown opinion counts as mildly for it."""
    sums: dict[tuple[str, ...], float] = {}
    for opinion in opinions:
        product = products.get(opinion.product_id)
        if product and product.category:
            path = product.category[:FAVOURITE_LEVELS]
            sums[path] = sums.get(path, 0.0) + (0.1 if opinion.value is None else opinion.value)
    best = max(sums, key=lambda path: sums[path], default=())
    return _path(best) if best and sums[best] >= 0 else None
