"""Picks products with the recommender: the one module that knows how its rules are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from encore.contracts.records import (
    Customer,
    Product,
    Recommendation,
    SharedText,
)
from encore.evaluation.own_data.ranking import rank_products
from encore.evaluation.own_data.scoring import total_products
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import Told
from encore.recommender.domain.preferences import (
    Preference,
    liked_products,
    preferences_of,
    scores_by_review,
)
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.recommender.use_cases.select_products import recommend
from encore.sentiment.domain.readings import Readings, scored_reviews, shared_opinions


@dataclass(frozen=True, slots=True)
class Picked:
    """The lists of customers who may be mailed, what all think, the shop, and how often each rule yielded."""

    recommendations: Sequence[Recommendation]
    preferences: Mapping[str, Sequence[Preference]]
    shop: Shop
    yielded: Counter[Rule]


def pick_products(
    products: Sequence[Product],
    customers: Sequence[Customer],
    *,
    texts: Readings,
    shared_texts: Sequence[SharedText],
    shared: SharedReviews,
    rules: RunRules,
    now: int,
) -> Picked:
    """Train, rank and pick, as a run with these customers would: nobody who may not be mailed has a list.

    `texts` is what was read in documents, by their words, those of `shared_texts` too; `shared` are the
    reviews that products share, by which they are families; `now` is the run's time in Unix seconds.
    """
    scored, opinions = scored_reviews(customers, texts), shared_opinions(shared_texts, texts)
    sentiments, scores = total_products(scored, opinions), scores_by_review(scored)
    preferences = {one.customer_id: preferences_of(one, scores) for one in customers}
    rankings = rank_products(customers, preferences, products, sentiments, now=now)
    catalogue = Catalogue(products, sentiments, shared)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    bought.add(customers, partial(liked_products, scores=scores))
    shop = Shop.of(catalogue, bought, rules, now=now)
    recommended = recommend(Told(customers, scored, scores), rankings, shop)
    return Picked(recommended.recommendations, preferences, shop, recommended.yielded)
