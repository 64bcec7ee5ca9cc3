"""Whether products whose texts read well are rated well: rank correlation on a shop's own file."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from fondly.contracts.records import Customer, Product, SharedText
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.sentiment.metrics import Correlation, correlation
from fondly.evaluation.sentiment.scoring import Engine, score_texts

MIN_TEXTS = 3


class EngineCorrelation(Frozen):
    """How products' mean polarity follows their rating: of all scored ones, and of those with three texts."""

    all_products: Correlation
    with_enough_texts: Correlation


class RatingsReport(Frozen):
    """The correlations by engine, and how many distinct texts and rated products they rest on."""

    texts: int
    rated_products: int
    engines: dict[str, EngineCorrelation]


Texts = Mapping[str, Sequence[str]]
"""The distinct texts of each product, by product id."""


def texts_by_product(customers: Iterable[Customer], shared_texts: Iterable[SharedText] = ()) -> Texts:
    """Return the distinct texts about each product; a review under several ids belongs to each."""
    found: dict[str, dict[str, None]] = {}
    for customer in customers:
        for review in customer.reviews:
            for product_id in review.product_ids if review.document else ():
                found.setdefault(product_id, {})[review.document] = None
    for shared in shared_texts:
        found.setdefault(shared.product_id, {})[shared.document] = None
    return {product_id: list(texts) for product_id, texts in found.items()}


def evaluate_ratings(
    products: Iterable[Product], texts: Texts, engines: Mapping[str, Engine]
) -> RatingsReport:
    """Correlate for each engine; raise `EvaluationError` if no product has both a rating and a text."""
    ratings = {
        each.product_id: float(each.rating)
        for each in products
        if each.rating is not None and each.product_id in texts
    }
    if not ratings:
        raise EvaluationError("no product has both a rating and a text")
    distinct = list(dict.fromkeys(text for product_id in ratings for text in texts[product_id]))
    return RatingsReport(
        texts=len(distinct),
        rated_products=len(ratings),
        engines={name: _correlated(ratings, texts, distinct, engine) for name, engine in engines.items()},
    )


def _correlated(
    ratings: Mapping[str, float], texts: Texts, distinct: Sequence[str], engine: Engine
) -> EngineCorrelation:
    scores = zip(distinct, score_texts(distinct, engine), strict=True)
    polarity = {text: score.scores.polarity for text, score in scores if score.scores}
    found = {
        product_id: values
        for product_id in ratings
        if (values := [polarity[text] for text in texts[product_id] if text in polarity])
    }
    return EngineCorrelation(
        all_products=_rank_correlation(found, ratings),
        with_enough_texts=_rank_correlation(
            {product_id: values for product_id, values in found.items() if len(values) >= MIN_TEXTS}, ratings
        ),
    )


def _rank_correlation(polarities: Mapping[str, Sequence[float]], ratings: Mapping[str, float]) -> Correlation:
    return correlation(
        [mean(values) for values in polarities.values()], [ratings[each] for each in polarities]
    )
