"""Every part and every rule of picking can be switched off, which changes what is picked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from fondly.contracts.records import Customer, Product, ProductSentiment
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.basket import Basket, Rule
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.family_weights import Part
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import departments
from services.recommender.tests.baskets import ALL, DURABLE_KETTLES, HOSES, NOTHING_DURABLE, TEA
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, ids, likes, owns, shelf, shop_of

CUSTOMERS = [f"C{n}" for n in range(10)]
TOGETHER = [buyer(f"C{n}", "tea0", "nuts3") for n in range(12)]
POPULAR = [buyer(f"E{n}", f"nuts{n % 3}") for n in range(60)]
APART = [buyer(f"D{n}", f"hoses{n % 6}", f"mugs{n % 5}") for n in range(60)]
BRANDED = [one.model_copy(update={"brand": f"Maker {one.product_id[-1]}"}) for one in ALL]
PRICED = [one.model_copy(update={"price": Decimal(100 + 80 * int(one.product_id[-1]))}) for one in ALL]
PARTS: dict[Part, tuple[Shop, list[Preference], list[str]]] = {
    Part.RANKING: (shop_of(ALL, shop=NOTHING_DURABLE), likes("tea0"), ["nuts4", "tea3"]),
    Part.LINKED: (shop_of(ALL, [*TOGETHER, *APART, *POPULAR], shop=NOTHING_DURABLE), likes("tea0"), []),
    Part.LEARNED: (
        shop_of(ALL, [*TOGETHER, *APART], rules=Rules(min_linking_customers=99)),
        owns("tea0"),
        [],
    ),
    Part.COMPLEMENTS: (shop_of(ALL, shop=DURABLE_KETTLES), likes("kettles0"), []),
    Part.BRAND: (shop_of(BRANDED, shop=NOTHING_DURABLE), likes("tea0"), []),
    Part.PRICE: (shop_of(PRICED, shop=NOTHING_DURABLE), likes("tea5", "mugs5"), []),
    Part.VARIATION: (shop_of(ALL, shop=NOTHING_DURABLE), likes("tea0"), []),
}


@pytest.mark.parametrize("part", Part)
def test_every_part_changes_somebodys_list(part: Part) -> None:
    """So that an evaluation can tell what each is worth."""
    shop, preferences, ranked = PARTS[part]
    without = replace(shop, without=frozenset({part}))
    with_it, without_it = (
        [ids(pick(Shopper(each, preferences, ranked, customer))) for customer in CUSTOMERS]
        for each in (shop, without)
    )
    assert with_it != without_it


@dataclass
class Kept:
    """A product that one rule alone keeps out."""

    products: Sequence[Product]
    preferences: Sequence[Preference] = ()
    picked: Sequence[str] = ()
    emailed: Sequence[str] = ()
    shown_often: Sequence[str] = ()
    returned: Sequence[str] = ()
    customers: Sequence[Customer] = ()
    unwanted: frozenset[str] = frozenset()
    sentiments: Sequence[ProductSentiment] = field(default=())
    offered: str = "offer"

    def is_taken(self, *without: Rule) -> bool:
        """Return whether the product may join, with some rules switched off."""
        shop = shop_of(self.products, self.customers, sentiments=self.sentiments, shop=DURABLE_KETTLES)
        shop = replace(shop, without=frozenset(without))
        shopper = Shopper(
            shop,
            self.preferences,
            emailed=self.emailed,
            unwanted=self.unwanted,
            shown_often=self.shown_often,
            returned=self.returned,
        )
        basket = Basket(Candidates(shopper))
        for one in self.picked:
            basket.add(shop.offers[one])
        return basket.takes(shop.offers[self.offered])


SHOES = ("Fashion", "Accessories", "Sneakers")
SHIRT = product("own", "own shirt", ("Fashion", "Men", "Shirts"))
RATED = shelf(TEA, 3, rating=Decimal("4.5"), rating_count=90)
OFFER = product("offer", "offer", TEA)
KEPT = {
    Rule.UNWANTED: Kept([OFFER], unwanted=departments(["Kitchen"])),
    Rule.OWNED: Kept([OFFER], owns("offer")),
    Rule.RETURNED: Kept([OFFER], returned=["offer"]),
    Rule.DISLIKED: Kept(
        [OFFER], sentiments=[ProductSentiment(product_id="offer", negative=3, polarity=-0.2)]
    ),
    Rule.AUDIENCE: Kept(
        [SHIRT, product("offer", "baby romper", ("Fashion", "Baby", "Rompers"))], owns("own")
    ),
    Rule.FIT: Kept([product("offer", "Clear Case for iPhone 13", ("Kitchen", "Pantry", "Phone Cases"))]),
    Rule.SYSTEM: Kept(
        [
            product("own", "Star Harvest (PS5)", ("Media", "Games", "Video Games")),
            product("offer", "PlayStation 4 Slim Console", ("Media", "Games", "Consoles")),
        ],
        owns("own"),
    ),
    Rule.DISAPPOINTMENT: Kept(
        [product("own", "own", TEA, brand="Acme"), product("offer", "offer", TEA, brand="Acme")],
        dislikes("own"),
    ),
    Rule.REPLACEMENT: Kept(ALL, owns("kettles0"), offered="kettles1"),
    Rule.PRICE: Kept(
        [product("own", "own", TEA), product("offer", "o", TEA, price=Decimal(301))], owns("own")
    ),
    Rule.BRAND: Kept(
        [product(f"P{n}", f"the thing{n}", (f"Part {n}", "Shelf", "Leaf"), brand="Acme") for n in range(3)],
        picked=["P0", "P1"],
        offered="P2",
    ),
    Rule.NEW_PART: Kept([*ALL], owns("tea0"), picked=["hoses0"], offered="lanterns0"),
    Rule.RATING: Kept([*RATED, product("offer", "offer", TEA, rating=Decimal(2), rating_count=90)]),
    Rule.OFTEN: Kept([OFFER], shown_often=["offer"]),
    Rule.TASTE: Kept(
        ALL,
        owns("hoses0"),
        customers=[*POPULAR, *(buyer(f"C{n}", "tea0", "tea1", "tea2") for n in range(12))],
        offered="tea4",
    ),
    Rule.LEAF: Kept(shelf(HOSES, 2), picked=["hoses0"], offered="hoses1"),
    Rule.UNKNOWN_AUDIENCE: Kept(
        [
            product("own", "own scarf", ("Fashion", "Scarves")),
            product("offer", "silk blouse", ("Fashion", "Women")),
        ],
        owns("own"),
    ),
    Rule.UNKNOWN_SIZE: Kept(
        [product("own", "own scarf", SHOES[:2]), product("offer", "suede sneaker", SHOES, variant="42")],
        owns("own"),
    ),
    Rule.REPEAT: Kept([OFFER], emailed=["offer"]),
}


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_keeps_something_out_by_itself(rule: Rule) -> None:
    """Which may join once that rule is switched off; whom clothes are for is asked by two."""
    others = {Rule.UNKNOWN_AUDIENCE} if rule is Rule.AUDIENCE else set()
    assert not KEPT[rule].is_taken(*others)
    assert KEPT[rule].is_taken(rule, *others)
