"""What every list keeps to, whatever the shop, the customer and the ranking are."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Customer, Product, ProductSentiment
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.picks import Selection, pick
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shop_rules import ShopRules
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import DAY, NOW, buyer, ids, shop_of

LEAVES = (
    ("Electronics", "Televisions", "SmartTelevisions"),
    ("Electronics", "Televisions", "StandardTelevisions"),
    ("Electronics", "Accessories", "HDMICables"),
    ("Home", "Kettles"),
    ("Home", "Mugs"),
    ("Tea",),
    (),
)
WORDS = (
    "amber",
    "brisk",
    "cobalt",
    "dapper",
    "ember",
    "fjord",
    "grand",
    "hazel",
    "iris",
    "jolly",
    "koi",
    "lunar",
)
IDS = [f"P{n}" for n in range(24)]
SOME_IDS = st.lists(st.sampled_from([*IDS, "gone"]), max_size=6, unique=True)
SHOP_RULES = st.builds(
    ShopRules,
    excluded_products=st.frozensets(st.sampled_from(IDS), max_size=2),
    excluded_brands=st.frozensets(st.sampled_from(("JAY BEE", "bolt")), max_size=1),
    excluded_categories=st.lists(st.sampled_from(("smart tvs", "Tea")), max_size=1).map(tuple),
    pinned=st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple),
)


def products_of(rows: Sequence[Mapping[str, object]]) -> list[Product]:
    """Products with these facts, each with a name of its own."""
    return [
        product(f"P{n}", f"{WORDS[n % len(WORDS)]}{n} {WORDS[n // 2]}").model_copy(update=facts)
        for n, facts in enumerate(rows)
    ]


PRODUCTS = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(LEAVES),
            "price": st.sampled_from((Decimal(10), Decimal(80), Decimal(200), Decimal(5_000))),
            "brand": st.sampled_from((None, "Jay-Bee", "JayBee", "Bolt", "Clay")),
            "rating": st.sampled_from((None, Decimal(2), Decimal(4), Decimal("4.5"))),
            "rating_count": st.sampled_from((None, 0, 5, 400)),
            "in_stock": st.sampled_from((None, None, True, False)),
            "available_from": st.sampled_from((None, None, NOW - DAY, NOW + DAY)),
            "parent_id": st.sampled_from((None, None, None, "A", "B")),
        }
    ),
    min_size=1,
    max_size=len(IDS),
).map(products_of)
CUSTOMERS = st.lists(SOME_IDS, max_size=8).map(
    lambda histories: [buyer(f"C{n}", *history) for n, history in enumerate(histories)]
)
PREFERENCES = st.lists(
    st.builds(Preference, product_id=st.sampled_from([*IDS, "gone"]), value=st.none() | st.floats(-1, 1)),
    max_size=5,
    unique_by=lambda one: one.product_id,
)


@dataclass(frozen=True)
class Case:
    """A shop, a customer of it, and what is picked for them."""

    products: list[Product]
    customers: list[Customer]
    decisions: ShopRules
    preferences: list[Preference]
    ranked: list[str]
    emailed: list[str]

    def shop(self) -> Shop:
        """The shop as a run knows it."""
        disliked = [ProductSentiment(product_id="P3", negative=3, polarity=-0.5)]
        there = {one.product_id for one in self.products}
        customers = [one for one in self.customers if there.issuperset(one.product_ids)]
        return shop_of(self.products, customers, sentiments=disliked, shop=self.decisions)

    def selection(self) -> Selection:
        """The picks."""
        return pick(self.shop(), self.preferences, self.ranked, self.emailed)

    def allowed(self) -> set[str]:
        """The products that may be picked if every rule yields."""
        known = {one.product_id for one in self.preferences}
        return {one.product_id for one in self.products if self._is_offered(one)} - known

    def _is_offered(self, one: Product) -> bool:
        brand = {"Jay-Bee": "JAY BEE", "JayBee": "JAY BEE", "Bolt": "bolt"}.get(one.brand or "")
        categories = self.decisions.excluded_categories
        return (
            one.in_stock is not False
            and (one.available_from is None or one.available_from <= NOW)
            and one.product_id not in self.decisions.excluded_products
            and brand not in self.decisions.excluded_brands
            and not ("smart tvs" in categories and "SmartTelevisions" in one.category)
            and not ("Tea" in categories and "Tea" in one.category)
        )


CASES = st.builds(Case, PRODUCTS, CUSTOMERS, SHOP_RULES, PREFERENCES, SOME_IDS, SOME_IDS)


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
