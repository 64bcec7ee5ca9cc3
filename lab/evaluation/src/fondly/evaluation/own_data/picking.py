"""Picks products with the recommender: the one module that knows how its rules are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from fondly.contracts.records import Customer, Product, Recommendation, ScoredReview, SharedText
from fondly.evaluation.own_data.popularity import most_popular
from fondly.evaluation.own_data.ranking import rank_products
from fondly.evaluation.own_data.scoring import total_products
from fondly.recommender.domain.history.history import History, Told
from fondly.recommender.domain.history.preferences import (
    Preference,
    Scores,
    liked_products,
    preferences_of,
    scores_by_review,
)
from fondly.recommender.domain.personalize.rankings import RunRanking, ranked_customers
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.recommending import recommend
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.shop.catalogue import Catalogue
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.shop.fitting import is_fit
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.domain.study.witnesses import (
    FEWEST_PRODUCTS,
    FEWEST_WITNESSES,
    LONG_HISTORY,
    MOST_WITNESSES,
    Witness,
    chosen,
    hits_by_weight,
    untold,
    verdict,
)
from fondly.runtime.runs.run import Run
from fondly.sentiment.domain.readings import Readings, scored_reviews, shared_opinions


@dataclass(frozen=True, slots=True)
class Learned:
    """What a run knows once its customers are scored and ranked."""

    shop: Shop
    scored: Sequence[ScoredReview]
    preferences: Mapping[str, Sequence[Preference]]
    rankings: Mapping[str, Sequence[str]]
    verdict: str
    """Whether ranking pays in the shop."""
    popular: Sequence[str]
    """The ids of its products, the most popular first."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The lists of customers who may be mailed, what all think, the shop, and how often each rule yielded."""

    recommendations: Sequence[Recommendation]
    preferences: Mapping[str, Sequence[Preference]]
    shop: Shop
    yielded: Counter[Rule]
    verdict: str
    popular: Sequence[str]


def pick_products(
    products: Sequence[Product],
    customers: Sequence[Customer],
    *,
    texts: Readings,
    shared_texts: Sequence[SharedText],
    rules: RunRules,
    now: int,
) -> Picked:
    """Train, rank and pick as a run would, by the arguments of `learn_shop`, for who may be mailed."""
    learned = learn_shop(products, customers, texts=texts, shared_texts=shared_texts, rules=rules, now=now)
    return pick_learned(learned, customers)


def pick_learned(learned: Learned, customers: Sequence[Customer]) -> Picked:
    """Pick for some of the customers that were learned from."""
    reviews = {one.customer_id: one.reviews for one in customers}
    told = Told(customers, learned.scored, scores_by_review(learned.scored), reviews)
    recommended = recommend(told, learned.rankings, learned.shop)
    return Picked(
        recommended.recommendations,
        learned.preferences,
        learned.shop,
        recommended.yielded,
        learned.verdict,
        learned.popular,
    )


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
    """Train, rank and weigh, by readings of all `texts`, as a run of these customers `now` (Unix) would."""
    scored, opinions = scored_reviews(customers, texts), shared_opinions(shared_texts, texts)
    sentiments, scores = total_products(scored, opinions), scores_by_review(scored)
    witnesses = _witnesses(customers, scores, now) if len(products) >= FEWEST_PRODUCTS else {}
    told = [
        witnesses[one.customer_id].told.completing(one) if one.customer_id in witnesses else one
        for one in customers
    ]
    rankings = rank_products(
        told, {one.customer_id: preferences_of(one, scores) for one in told}, products, sentiments, now=now
    )
    shared = SharedReviews()
    shared.add(customers)
    catalogue = Catalogue(products, sentiments, shared)

    def shop_of(known: Sequence[Customer]) -> Shop:
        bought = CoPurchases(family=catalogue.family, category=catalogue.category)
        bought.add(known, partial(liked_products, scores=scores))
        return Shop.of(catalogue, bought, rules, now=now)

    asked = [one for one in witnesses.values() if one.customer_id in rankings]
    hits = hits_by_weight(shop_of(told), asked, rankings) if asked else {0.0: []}
    preferences = {one.customer_id: preferences_of(one, scores) for one in customers}
    long = sum(len(preferences[one]) >= LONG_HISTORY for one in rankings)
    weight, why = (
        verdict(hits)
        if len(hits[0.0]) >= FEWEST_WITNESSES
        else untold(len(products), has_long_histories=2 * long >= len(rankings))
    )
    shop = replace(shop_of(customers), ranking_weight=weight)
    popular = most_popular(catalogue.products, sentiments, shared.owners)
    return Learned(shop, scored, preferences, rankings, why, popular)


def _witnesses(customers: Sequence[Customer], scores: Scores, now: int) -> Mapping[str, Witness]:
    """Return the customers by whom a run of one part judges its ranking."""
    run = Run(run_id="evaluation", created_at=datetime.fromtimestamp(now, UTC), parts=1)
    histories = [History.of(one, scores, run_id=run.run_id, now=now) for one in customers]
    asked = {one: RunRanking(customer_id=one, basis="") for one in ranked_customers(customers)}
    found = chosen(histories, asked, run=run, part=1, most=MOST_WITNESSES)
    return {one.customer_id: one for one in found}
