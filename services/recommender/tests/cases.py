"""Random shops with a customer, for properties of what is picked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import cast

from hypothesis import strategies as st

from fondly.contracts.records import Customer, Product, ProductSentiment
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.picks import Selection, pick
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, MAX_PICKS
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import Category
from services.recommender.tests.fakes import WORDS, product, purchase
from services.recommender.tests.shops import DAY, NOW, buyer, delighted, shop_of

THINGS: Mapping[Category, Sequence[str]] = {
    ("Electronics", "Televisions", "SmartTelevisions"): ("Mirano 55 inch TV", "Velora 32 inch TV"),
    ("Electronics", "Televisions", "StandardTelevisions"): ("Sonara 24 inch TV",),
    ("Electronics", "Phones", "Smartphones"): ("Apple iPhone 13", "OPPO A74 5G", "Velora Nova 5"),
    ("Electronics", "Accessories", "USB Cables"): ("USB-C Cable", "USB A to B Printer Cable"),
    ("Electronics", "Accessories", "Phone Cases"): ("Case for iPhone 13", "Case for Galaxy A54"),
    ("Electronics", "Computers", "Mice"): ("Mouse",),
    ("Electronics", "Computers", "Keyboards & Mice"): ("Keyboard with a mouse",),
    ("Books", "Fiction", "Fantasy"): ("Dusk (The Vale, Book 1)", "Dawn (The Vale, Book 2)", "Noon"),
    ("Fashion", "Women", "Blouses"): ("Blouse",),
    ("Fashion", "Men", "Shirts"): ("Shirt",),
    ("Home", "Kettles"): ("Kettle",),
    ("Home", "Mugs"): ("Mug",),
    ("Tea",): ("Tea", "Tea for Sonara"),
    (): ("Thing", "Men's belt"),
}
"""Leaf categories, each with what its products are called."""
LEAVES = tuple(THINGS)
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
    """Products with these facts, each with a name of its own that says what it is."""
    return [
        product(f"P{n}", _name(n, cast("Category", facts["category"]))).model_copy(update=facts)
        for n, facts in enumerate(rows)
    ]


def _name(n: int, category: Category) -> str:
    things = THINGS[category]
    return f"{things[n % len(things)]}, {WORDS[n % len(WORDS)]}{n} {WORDS[n // 2]}"


ROWS = st.fixed_dictionaries(
    {
        "category": st.sampled_from(LEAVES),
        "price": st.sampled_from((Decimal(10), Decimal(80), Decimal(200), Decimal(5_000))),
        "brand": st.sampled_from((None, "Jay-Bee", "JayBee", "Bolt", "Clay")),
        "rating": st.sampled_from((None, Decimal(2), Decimal(4), Decimal("4.5"))),
        "rating_count": st.sampled_from((None, 0, 5, 400)),
        "in_stock": st.sampled_from((None, True, None, True, None, False)),
        "available_from": st.sampled_from((None, None, None, None, NOW - DAY, NOW + DAY)),
        "variant": st.sampled_from((None, "Black, M", "Black, L")),
        "parent_id": st.sampled_from((None, None, None, "A", "B")),
    }
)
PRODUCTS = (
    st.integers(1, len(IDS))
    .flatmap(lambda size: st.lists(ROWS, min_size=size, max_size=size))
    .map(products_of)
)
CUSTOMERS = st.lists(st.tuples(SOME_IDS, SOME_IDS), max_size=12).map(
    lambda histories: [
        buyer(f"C{n}", *reviewed).model_copy(
            update={"purchases": tuple(purchase("O", one) for one in bought)}
        )
        for n, (reviewed, bought) in enumerate(histories)
    ]
)
REVIEWED = st.builds(
    Preference,
    product_id=st.sampled_from([*IDS, "gone"]),
    value=st.none() | st.floats(-1, 1),
    review_id=st.uuids().map(str),
    is_bought=st.booleans(),
)
BOUGHT = st.builds(Preference, product_id=st.sampled_from([*IDS, "gone"]), is_bought=st.just(value=True))
PREFERENCES = st.lists(REVIEWED | BOUGHT, max_size=5, unique_by=lambda one: one.product_id)


@dataclass(frozen=True)
class Case:
    """A shop, a customer of it, and what is picked for them."""

    products: list[Product]
    customers: list[Customer]
    decisions: ShopRules
    preferences: list[Preference]
    ranked: list[str]
    emailed: list[str]
    customer_id: str
    picks: int

    @cached_property
    def shop(self) -> Shop:
        """The shop as a run knows it."""
        disliked = [
            ProductSentiment(product_id="P3", negative=3, polarity=-0.5),
            ProductSentiment(product_id="P4", negative=3, positive=2, polarity=-0.1),
        ]
        scores = delighted(*self.delighted())
        return shop_of(
            self.products,
            self.known(),
            scores=scores,
            sentiments=disliked,
            shop=self.decisions,
            picks=self.picks,
        )

    def known(self) -> list[Customer]:
        """The customers whose products the shop still has."""
        there = {one.product_id for one in self.products}
        return [one for one in self.customers if there.issuperset(one.product_ids)]

    def delighted(self) -> list[Customer]:
        """Those of them who praise all that they reviewed."""
        return [one for one in self.known() if one.customer_id not in {"C0", "C1"}]

    @property
    def shopper(self) -> Shopper:
        """The customer."""
        return Shopper(self.shop, self.preferences, self.ranked, self.customer_id, self.emailed)

    def selection(self) -> Selection:
        """The picks."""
        return pick(self.shopper)

    def allowed(self) -> set[str]:
        """The products that the shop may sell this customer, whatever the rules say."""
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


CASES = st.builds(
    Case,
    PRODUCTS,
    CUSTOMERS,
    SHOP_RULES,
    PREFERENCES,
    SOME_IDS,
    SOME_IDS,
    st.sampled_from(("Ann", "Bob", "Cleo")),
    st.just(DEFAULT_PICKS) | st.integers(1, MAX_PICKS),
)
