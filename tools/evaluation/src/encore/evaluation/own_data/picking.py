"""Picks products with the recommender: the one module that knows how its rules are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from encore.contracts.records import Customer, Product, Recommendation, ScoredReview, SharedText
from encore.evaluation.own_data.ranking import rank_products
from encore.evaluation.own_data.scoring import total_products
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.fitting import is_fit
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
class Learned:
    """What a run knows once its customers are scored and ranked."""

    shop: Shop
    scored: Sequence[ScoredReview]
    preferences: Mapping[str, Sequence[Preference]]
    rankings: Mapping[str, Sequence[str]]


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
    rules: RunRules,
    now: int,
) -> Picked:
    """Train, rank and pick, as a run with these customers would: nobody who may not be mailed has a list.

    The arguments are those of `learn_shop`.
    """
    learned = learn_shop(products, customers, texts=texts, shared_texts=shared_texts, rules=rules, now=now)
    return pick_learned(learned, customers)


def pick_learned(learned: Learned, customers: Sequence[Customer]) -> Picked:
    """Pick for some of the customers that were learned from."""
    told = Told(customers, learned.scored, scores_by_review(learned.scored))
    recommended = recommend(told, learned.rankings, learned.shop)
    return Picked(recommended.recommendations, learned.preferences, learned.shop, recommended.yielded)


def fits_owned(shop: Shop, product: Product, owned: Sequence[Product]) -> bool | None:
    """Return whether an accessory fits anything owned; None for what is of use by itself."""
    facts = shop.catalogue.facts
    taking = facts(product.product_id).attributes
    if not taking.needs_fit:
        return None
    return any(is_fit(taking, facts(each.product_id).owned) for each in owned)


def learn_shop(
    products: Sequence[Product],
    customers: Sequence[Customer],
    *,
    texts: Readings,
    shared_texts: Sequence[SharedText],
    rules: RunRules,
    now: int,
) -> Learned:
    """Train and rank, as a run with these customers would: of nobody else is anything known.

    `texts` is what was read in documents, by their words, those of `shared_texts` too; `now` is the run's
    time in Unix seconds.
    """
    scored, opinions = scored_reviews(customers, texts), shared_opinions(shared_texts, texts)
    sentiments, scores = total_products(scored, opinions), scores_by_review(scored)
    preferences = {one.customer_id: preferences_of(one, scores) for one in customers}
    rankings = rank_products(customers, preferences, products, sentiments, now=now)
    shared = SharedReviews()
    shared.add(customers)
    catalogue = Catalogue(products, sentiments, shared)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    bought.add(customers, partial(liked_products, scores=scores))
    return Learned(Shop.of(catalogue, bought, rules, now=now), scored, preferences, rankings)
