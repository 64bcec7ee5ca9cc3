"""The figures of a shop's own recommendations: hits of what is held out, and what the lists are like."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import chain

from fondly.contracts.records import Customer, Product
from fondly.evaluation.families import FamilyIndex
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.metrics import Interval, bootstrap
from fondly.evaluation.own_data.held_out import Hit, hit_of, hold_out
from fondly.evaluation.own_data.lists import Lists, Nearness, Views
from fondly.evaluation.own_data.picking import Picked, fits_owned, pick_products
from fondly.evaluation.own_data.quality import Quality, QualityFigures
from fondly.evaluation.own_data.reading import Data
from fondly.evaluation.own_data.scoring import read_texts
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.shop.families import SharedReviews

SEED = 0
Announce = Callable[[str], None]


class DataFigures(Frozen):
    """What was read. Of customers with one product, only the relevance of picks' categories can be judged."""

    products: int
    families: int
    customers: int
    customers_with_one_family: int
    reviews: int
    purchases: int = 0
    """Lines of orders."""
    rejected_rows: int


class HitFigures(Frozen):
    """The shares of what is held out that the list has: the very product, its family, leaf, or level 2."""

    exact: Interval
    family: Interval
    leaf: Interval
    level_2: Interval


class HeldOutFigures(Frozen):
    """Hits of the recommender and of the shop's most popular products, for the same customers."""

    customers: int
    fondly: HitFigures
    popularity: HitFigures


class ListFigures(Frozen):
    """What the lists are like, as `Lists` says; `despite_rules` counts the picks for which a rule yielded."""

    coverage_products: float
    coverage_families: float
    exposure_gini: float
    largest_identical_group: float
    owned: Nearness
    owned_after_only_bad_reviews: Nearness
    durable_owners: int
    durable_owners_with_substitutes: int
    family_duplicates: int
    outside_price_range: float
    novelty_bits: float
    min_picks: int
    """How many products a list has at least, unless it is short or says sorry."""
    short_lists: int
    despite_rules: dict[str, int]
    reasons: dict[str, int]
    sources: dict[str, int]


class OwnDataReport(Frozen):
    """Everything that is measured on a shop's own data."""

    data: DataFigures
    held_out: HeldOutFigures
    lists: ListFigures
    quality: QualityFigures
    ranking: str
    """Whether ranking pays in the shop, and why."""


def evaluate_data(data: Data, rules: RunRules, announce: Announce = lambda _: None) -> OwnDataReport:
    """Measure the recommender on a shop's data; the same data gives the same figures."""
    products = {product.product_id: product for product in data.products}
    shared = SharedReviews()
    shared.add(data.customers)
    index = FamilyIndex(products, shared)
    announce("scoring reviews")
    pick = partial(
        pick_products,
        data.products,
        texts=read_texts(data.customers, data.shared_texts),
        shared_texts=data.shared_texts,
        rules=rules,
        now=latest(data),
    )
    announce("holding out what was reviewed or bought last")
    held_out = _held_out(data.customers, products, index, pick)
    announce("recommending to everybody")
    picked = pick(customers=data.customers)
    return OwnDataReport(
        data=_data(data, index),
        held_out=held_out,
        lists=_lists(picked, products, index, rules.rules),
        quality=Quality(
            picked.recommendations,
            picked.preferences,
            products,
            index.family,
            partial(fits_owned, picked.shop),
        ).figures(),
        ranking=picked.verdict,
    )


def _data(data: Data, index: FamilyIndex) -> DataFigures:
    owned = [len({index.family(each) for each in customer.product_ids}) for customer in data.customers]
    return DataFigures(
        products=len(data.products),
        families=len({index.family(product.product_id) for product in data.products}),
        customers=len(data.customers),
        customers_with_one_family=owned.count(1),
        reviews=sum(len(customer.reviews) for customer in data.customers),
        purchases=sum(len(customer.purchases) for customer in data.customers),
        rejected_rows=data.rejected_rows,
    )


def _held_out(
    customers: Sequence[Customer],
    products: Mapping[str, Product],
    index: FamilyIndex,
    pick: Callable[..., Picked],
) -> HeldOutFigures:
    held = hold_out(customers, products, index.labels)
    if not held.targets:
        nothing = _hits([])
        return HeldOutFigures(customers=0, fondly=nothing, popularity=nothing)
    picked = pick(customers=held.customers)
    ours, popular = [], []
    for one in picked.recommendations:
        if target := held.targets.get(one.customer_id):
            known = [each.product_id for each in picked.preferences[one.customer_id]]
            best = _most_popular(picked, known, index.labels)
            ours.append(hit_of([each.product for each in one.picks], target, index.labels))
            popular.append(hit_of([products[each] for each in best], target, index.labels))
    return HeldOutFigures(customers=len(ours), fondly=_hits(ours), popularity=_hits(popular))


def _most_popular(
    picked: Picked, known: Sequence[str], labels: Callable[[str], AbstractSet[str]]
) -> list[str]:
    """Return as many of the shop's most popular products as a customer gets: one of a family, none known."""
    taken = {label for each in known for label in labels(each)}
    found: list[str] = []
    for product_id in picked.popular:
        if len(found) == picked.shop.picks:
            break
        if taken.isdisjoint(labels(product_id)):
            found.append(product_id)
            taken |= labels(product_id)
    return found


def _hits(found: Sequence[Hit]) -> HitFigures:
    return HitFigures(
        exact=bootstrap([hit.exact for hit in found], seed=SEED),
        family=bootstrap([hit.family for hit in found], seed=SEED),
        leaf=bootstrap([hit.leaf for hit in found], seed=SEED),
        level_2=bootstrap([hit.level_2 for hit in found], seed=SEED),
    )


def _lists(picked: Picked, products: Mapping[str, Product], index: FamilyIndex, rules: Rules) -> ListFigures:
    views = Views(
        family=index.family,
        is_durable=picked.shop.durables.is_durable,
        price_factor=rules.price_factor,
    )
    lists = Lists(picked.recommendations, picked.preferences, products, views)
    return ListFigures(
        coverage_products=lists.product_coverage(),
        coverage_families=lists.family_coverage(),
        exposure_gini=lists.exposure_gini(),
        largest_identical_group=lists.largest_identical_group(),
        owned=lists.nearness(),
        owned_after_only_bad_reviews=lists.nearness(only_bad=True),
        durable_owners=len(lists.durable_owners()),
        durable_owners_with_substitutes=lists.with_substitutes(),
        family_duplicates=lists.family_duplicates(),
        outside_price_range=lists.outside_price_range(),
        novelty_bits=lists.novelty_bits(),
        min_picks=picked.shop.min_picks,
        short_lists=sum(
            len(one.picks) < picked.shop.min_picks and not one.complaint for one in picked.recommendations
        ),
        despite_rules={rule.value: picked.yielded[rule] for rule in Rule if picked.yielded[rule]},
        reasons=lists.reasons(),
        sources=lists.sources(),
    )


def latest(data: Data) -> int:
    """Return the time of the latest review or order, else since when the newest product is sold."""
    reviewed = (review.timestamp for customer in data.customers for review in customer.reviews)
    ordered = (purchase.timestamp for customer in data.customers for purchase in customer.purchases)
    listed = (product.available_from for product in data.products)
    times = ([time for time in each if time is not None] for each in (chain(reviewed, ordered), listed))
    return next((max(each) for each in times if each), 0)
