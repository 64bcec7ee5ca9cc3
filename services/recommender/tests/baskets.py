"""A basket that tests fill, in a shop of six categories."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.basket import Basket, Rule
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import Shop
from services.recommender.tests.shops import shelf

TEA, MUGS, KETTLES = (
    ("Kitchen", "Pantry", "Tea"),
    ("Kitchen", "Table", "Mugs"),
    ("Kitchen", "Small", "Kettles"),
)
HOSES, LANTERNS, NUTS = ("Garden", "Water", "Hoses"), ("Garden", "Light", "Lanterns"), ("Food", "Dry", "Nuts")
ALL = [one for leaf in (TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS) for one in shelf(leaf, 6)]
NOTHING_DURABLE = ShopRules(
    durable=dict.fromkeys(("Tea", "Mugs", "Kettles", "Hoses", "Lanterns", "Nuts"), False)
)
DURABLE_KETTLES = ShopRules(
    durable={**NOTHING_DURABLE.durable, "Kettles": True}, complements={"Kettles": ("Tea", "Nuts")}
)


class Filling:
    """A basket that a test fills by product ids, and that tells which rules a product would break."""

    def __init__(
        self, shop: Shop, preferences: Sequence[Preference] = (), emailed: Collection[str] = ()
    ) -> None:
        self._offers = shop.offers
        self._baskets = {
            rule: Basket(Candidates(Shopper(only(shop, rule), preferences, emailed=emailed))) for rule in Rule
        }

    def add(self, *product_ids: str) -> None:
        """Add products, whatever rules they break."""
        for product_id in product_ids:
            for basket in self._baskets.values():
                basket.add(self._offers[product_id])

    def broken_by(self, product_id: str) -> set[Rule]:
        """Return the rules that a product would break."""
        offer = self._offers[product_id]
        return {rule for rule, basket in self._baskets.items() if not basket.takes(offer)}


def only(shop: Shop, rule: Rule) -> Shop:
    """The same shop with all rules but one switched off."""
    return replace(shop, without=frozenset(Rule) - {rule})
