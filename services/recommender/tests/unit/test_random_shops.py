"""What every list keeps to, whatever the shop, the customer and the ranking are."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Product
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.picks import Selection
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop import Shop
from services.recommender.tests.cases import CASES, Case
from services.recommender.tests.shops import ids


@given(CASES)
def test_everybody_gets_five_products_that_the_shop_may_sell_them(case: Case) -> None:
    """Or all there are, each once: never one that they have, that is sold out, to come, or excluded."""
    picked = ids(case.selection())
    assert len(picked) == len(set(picked)) == min(5, len(case.allowed()))
    assert case.allowed().issuperset(picked)


@given(CASES)
def test_a_rule_is_broken_only_where_that_is_counted(case: Case) -> None:
    """What is true of the finished list, worked out from the records alone."""
    selection = case.selection()
    broken = set(_broken(case, selection))
    assert broken <= set(selection.yielded)
    assert all(1 <= count <= len(selection.picks) for count in selection.yielded.values())


def _broken(case: Case, selection: Selection) -> Iterator[Rule]:
    """Yield the rules that a list breaks."""
    rules, shop = Rules(), case.shop()
    picked = [one.product for one in selection.picks]
    by_id = {one.product_id: one for one in case.products}
    known = [by_id[one.product_id] for one in case.preferences if one.product_id in by_id]
    bad = [
        by_id[one.product_id]
        for one in case.preferences
        if one.product_id in by_id and (one.value or 0) <= -0.2
    ]
    if _most(one.category for one in picked if one.category) > rules.max_per_leaf:
        yield Rule.LEAF
    if _most(shop.catalogue.brand(one.product_id) for one in picked if one.brand) > rules.max_per_brand:
        yield Rule.BRAND
    if any(one.product_id == "P3" for one in picked):
        yield Rule.DISLIKED
    if {(one.brand, one.category) for one in picked if one.brand} & {
        (one.brand, one.category) for one in bad
    }:
        yield Rule.DISAPPOINTMENT
    if known and sum(one.price > 3 * max(own.price for own in known) for one in picked) > 1:
        yield Rule.PRICE
    yield from _repeated(case, shop, picked, known)
    yield from _outside(shop, picked, known)


def _repeated(case: Case, shop: Shop, picked: Sequence[Product], known: Sequence[Product]) -> Iterator[Rule]:
    """Yield the rules against what the customer has or had in an email, and against a second of one thing."""
    families = [shop.catalogue.family(one.product_id) for one in picked]
    if len(set(families)) < len(families) or {shop.catalogue.family(one.product_id) for one in known} & set(
        families
    ):
        yield Rule.FAMILY
    if set(families) & {shop.catalogue.family(one) for one in case.emailed}:
        yield Rule.REPEAT
    durable = {found for one in known if (found := shop.kind(one.category))}
    replacing = [found for one in picked if (found := shop.kind(one.category)) in durable]
    if _most(replacing) > Rules().max_replacements:
        yield Rule.REPLACEMENT
    completing = {
        leaf.category
        for one in known
        if shop.kind(one.category)
        for leaf in shop.complements.of(one.category)
    }
    missing = Rules().min_complements - sum(one.category in completing for one in picked)
    if durable and len(picked) == 5 and missing > 0:
        yield Rule.COMPLEMENTS


def _outside(shop: Shop, picked: Sequence[Product], known: Sequence[Product]) -> Iterator[Rule]:
    """Yield the rules that are broken by more than one pick to which nothing leads."""
    completing = {leaf.category for one in known for leaf in shop.complements.of(one.category)}
    strange = [one.category for one in picked if one.category not in completing]
    for rule, levels in ((Rule.NEW_PART, 2), (Rule.NEW_ROOT, 1)):
        mine = {own.category[:levels] for own in known if own.category}
        if mine and sum(category[:levels] not in mine for category in strange) > Rules().max_discoveries:
            yield rule


def _most(values: Iterable[Hashable]) -> int:
    return max(Counter(values).values(), default=0)


@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_products_and_customers_changes_nothing(case: Case, chance: Random) -> None:
    """Nor does picking a second time."""
    products = chance.sample(case.products, len(case.products))
    customers = chance.sample(case.customers, len(case.customers))
    shuffled = replace(case, products=products, customers=customers)
    selection = case.selection()
    assert selection == case.selection()
    assert selection == shuffled.selection()
