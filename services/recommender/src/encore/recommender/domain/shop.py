"""What a run knows about a shop: its products, how they are bought, and its rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from encore.recommender.domain.aisles import Aisles
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.complements import Complements
from encore.recommender.domain.durables import Durables
from encore.recommender.domain.links import Links
from encore.recommender.domain.offers import Offer, offers
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.taxonomy import Category

MOST_POPULAR = 100
"""How many products of a leaf category are looked at for customers whom no considered product suits."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Everything that picks are made from. Read-only, so it is shared by all customers of a run."""

    catalogue: Catalogue
    bought: CoPurchases
    durables: Durables
    complements: Complements
    aisles: Aisles
    run_rules: RunRules
    now: int
    """The run's time in Unix seconds, by which products are new."""

    @classmethod
    def of(cls, catalogue: Catalogue, bought: CoPurchases, run_rules: RunRules, *, now: int) -> Self:
        """Learn from what customers bought together, under the shop's own decisions."""
        bought.settle()
        durables = Durables(overrides=run_rules.shop.durable, repeats=bought.repeats())
        return cls(
            catalogue=catalogue,
            bought=bought,
            durables=durables,
            complements=Complements(
                catalogue.sizes,
                durables=durables,
                bought=bought.leaves,
                min_customers=run_rules.rules.min_linking_customers,
                overrides=run_rules.shop.complements,
            ),
            aisles=Aisles.of(bought, catalogue.sizes),
            run_rules=run_rules,
            now=now,
        )

    @property
    def rules(self) -> Rules:
        """The figures of the rules."""
        return self.run_rules.rules

    @property
    def picks(self) -> int:
        """How many products a customer gets."""
        return self.run_rules.picks

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """What may be picked at all, by product id."""
        return offers(self.catalogue, self.durables, self.run_rules, now=self.now)

    @cached_property
    def popular_in(self) -> Mapping[Category, Sequence[tuple[int, Offer]]]:
        """The most popular that may be picked of each leaf category, in order, with their places in the shop.

        So what picking takes does not grow with the catalogue.
        """
        found: dict[Category, list[tuple[int, Offer]]] = {}
        for place, product_id in enumerate(self.catalogue.popular):
            if (offer := self.offers.get(product_id)) is not None:
                placed = found.setdefault(offer.leaf, [])
                if len(placed) < MOST_POPULAR:
                    placed.append((place, offer))
        return found

    @cached_property
    def poorly_rated(self) -> frozenset[Category]:
        """The leaf categories of which everything that has ratings is rated worse than the rules ask for."""
        best: dict[Category, float] = {}
        for offer in self.offers.values():
            if offer.product.rating is not None:
                best[offer.leaf] = max(best.get(offer.leaf, 0.0), float(offer.product.rating))
        return frozenset(leaf for leaf, rating in best.items() if rating < self.rules.min_rating)

    def kind(self, category: Category) -> str | None:
        """Return what a durable thing of this category is, None for what customers buy again."""
        if category not in self._kinds:
            self._kinds[category] = self.durables.kind(category)
        return self._kinds[category]

    def buyers(self, product_id: str) -> Mapping[str, int]:
        """Return how many customers own another family together with that of a product."""
        return self._linked(self.bought.families, product_id, self._buyers)

    def likers(self, product_id: str) -> Mapping[str, int]:
        """Return how many customers like another family together with that of a product."""
        return self._linked(self.bought.liked, product_id, self._likers)

    def _linked(
        self, links: Links[str], product_id: str, known: dict[str, Mapping[str, int]]
    ) -> Mapping[str, int]:
        """Only families that enough customers link, the strongest first."""
        family = self.catalogue.family(product_id)
        if family not in known:
            found = links.of(family, at_least=self.rules.min_linking_customers)
            known[family] = {link.to: link.customers for link in found}
        return known[family]

    @cached_property
    def _kinds(self) -> dict[Category, str | None]:
        return {}

    @cached_property
    def _buyers(self) -> dict[str, Mapping[str, int]]:
        return {}

    @cached_property
    def _likers(self) -> dict[str, Mapping[str, int]]:
        return {}
