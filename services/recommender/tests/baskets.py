"""A basket that tests fill, in a shop of six categories."""

from collections.abc import Collection, Sequence

from encore.recommender.domain.basket import RULES, UNBROKEN, Basket, Rule
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
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
    """A basket that a test fills by product ids."""

    def __init__(
        self, shop: Shop, preferences: Sequence[Preference] = (), emailed: Collection[str] = ()
    ) -> None:
        shopper = Shopper(shop, preferences, emailed=emailed)
        self.basket = Basket(Candidates(shopper))
        self._shop = shop

    def add(self, *product_ids: str) -> None:
        """Add products, whatever rules they break."""
        for product_id in product_ids:
            self.basket.add(self._shop.offers[product_id])

    def broken_by(self, product_id: str) -> Rule | None:
        """Return the last of the rules that would have to yield for a product, None if it keeps all."""
        cost = self.cost(product_id)
        return None if cost == UNBROKEN else RULES[cost - 1]

    def cost(self, product_id: str) -> int:
        """Return how many rules would have to yield, in their order, for a product."""
        cost = self.basket.cost(self._shop.offers[product_id])
        assert cost is not None
        return cost

    def yielded(self, product_id: str) -> tuple[Rule, ...]:
        """Add a product and return all the rules that yielded for it."""
        self.add(product_id)
        return self.basket.chosen[-1].yielded
