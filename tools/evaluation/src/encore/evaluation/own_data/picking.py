"""Picks products with the recommender: the one module that knows how its rules are called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from encore.contracts.records import Customer, Product, Recommendation
from encore.evaluation.own_data.ranking import rank_products
from encore.evaluation.own_data.scoring import total_products
from encore.recommender.domain.catalogue import Catalogue, Category
from encore.recommender.domain.durables import Durables
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.preferences import Preference, preferences_of, scores_by_review
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.use_cases.select_products import recommend
from encore.sentiment.domain.scores import Score, scored_reviews


@dataclass(frozen=True, slots=True)
class Picked:
    """Every customer's list and what they think, and what the recommender knows of the shop.

    `popular` are all products from the most popular down.
    """

    recommendations: Sequence[Recommendation]
    preferences: Mapping[str, Sequence[Preference]]
    popular: Sequence[str]
    is_durable: Callable[[Category], bool]


def pick_products(
    products: Sequence[Product],
    customers: Sequence[Customer],
    texts: Mapping[str, Score],
    shared: SharedReviews,
    rules: RunRules,
    *,
    now: int,
) -> Picked:
    """Train, rank and pick for all customers, as a run with these customers would.

    `texts` are the scores by review id; `shared` are the reviews that products share, by which they are
    families; `now` is the run's time in Unix seconds.
    """
    scored = scored_reviews(customers, texts)
    sentiments, scores = total_products(scored), scores_by_review(scored)
    preferences = {one.customer_id: preferences_of(one, scores) for one in customers}
    rankings = rank_products(customers, preferences, products, sentiments, now=now)
    catalogue = Catalogue(products, sentiments, shared)
    durables = Durables(overrides=rules.shop.durable)
    recommendations = recommend(customers, scores, rankings, catalogue)
    return Picked(recommendations, preferences, catalogue.popular, durables.is_durable)
