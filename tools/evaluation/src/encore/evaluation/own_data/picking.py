"""Picks products with the recommender: the one module that knows how its rules are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from encore.contracts.records import (
    Customer,
    Product,
    ProductSentiment,
    Recommendation,
    ScoredReview,
    SharedText,
)
from encore.evaluation.own_data.ranking import BATCH, Rankings, rank_products, relate_products
from encore.evaluation.own_data.scoring import total_products
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.engines import Engine, SimilarRecipe
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.preferences import (
    Preference,
    liked_products,
    preferences_of,
    scores_by_review,
)
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.told import FilePart, completed
from encore.recommender.use_cases.select_products import recommend
from encore.sentiment.domain.readings import Readings, scored_reviews, shared_opinions


@dataclass(frozen=True, slots=True)
class Learned:
    """What a run knows before it picks: the shop, what its customers think, and their rankings."""

    customers: Sequence[Customer]
    scored: Sequence[ScoredReview]
    sentiments: Sequence[ProductSentiment]
    preferences: Mapping[str, Sequence[Preference]]
    shop: Shop
    rankings: Rankings

    def relating(self, recipe: SimilarRecipe) -> "Learned":
        """Return the same with related items by a recipe."""
        shop = self.shop
        related = relate_products(
            self.customers,
            self.preferences,
            shop.catalogue,
            self.sentiments,
            now=shop.now,
            recipe=recipe,
        )
        return replace(self, shop=replace(shop, related=related))


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
    engine: Engine = BATCH,
) -> Picked:
    """Train, rank and pick, as a run with these customers would: nobody who may not be mailed has a list.

    The arguments are those of `learn_shop`.
    """
    learned = learn_shop(
        products,
        customers,
        texts=texts,
        shared_texts=shared_texts,
        shared=shared,
        rules=rules,
        now=now,
        engine=engine,
    )
    told = completed(FilePart(customers, learned.scored))
    recommended = recommend(told, learned.rankings, learned.shop)
    return Picked(recommended.recommendations, learned.preferences, learned.shop, recommended.yielded)


def learn_shop(
    products: Sequence[Product],
    customers: Sequence[Customer],
    *,
    texts: Readings,
    shared_texts: Sequence[SharedText],
    shared: SharedReviews,
    rules: RunRules,
    now: int,
    engine: Engine = BATCH,
) -> Learned:
    """Train and rank, as a run with these customers would.

    `texts` is what was read in documents, by their words, those of `shared_texts` too; `shared` are the
    reviews that products share, by which they are families; `now` is the run's time in Unix seconds.
    """
    scored, opinions = scored_reviews(customers, texts), shared_opinions(shared_texts, texts)
    sentiments, scores = total_products(scored, opinions), scores_by_review(scored)
    preferences = {one.customer_id: preferences_of(one, scores) for one in customers}
    rankings = rank_products(customers, preferences, products, sentiments, now=now, engine=engine)
    catalogue = Catalogue(products, sentiments, shared)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    bought.add(customers, partial(liked_products, scores=scores))
    shop = Shop.of(catalogue, bought, rules, now=now)
    return Learned(customers, scored, sentiments, preferences, shop, rankings)
