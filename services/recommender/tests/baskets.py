"""A basket that tests fill, in a shop of six categories."""

from collections.abc import Collection, Sequence

from encore.recommender.domain.basket import RULES, Basket, Rule
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
        self._candidates = Candidates(Shopper(shop, preferences, emailed=emailed))
        self.basket = Basket(self._candidates)

    def add(self, *product_ids: str) -> None:
        """Add products, whatever rules they break."""
        for product_id in product_ids:
            self.basket.add(self._candidates.shop.offers[product_id])

    def broken_by(self, product_id: str) -> Rule | None:
        """Return the last of the rules that would have to yield for a product, None if it keeps all."""
        return max(self.all_broken_by(product_id), key=RULES.index, default=None)

    def all_broken_by(self, product_id: str) -> tuple[Rule, ...]:
        """Return the rules that would have to yield for a product."""
        basket = Basket(self._candidates)
        for chosen in self.basket.chosen:
            basket.add(chosen.offer)
        basket.add(self._candidates.shop.offers[product_id])
        return basket.chosen[-1].yielded
