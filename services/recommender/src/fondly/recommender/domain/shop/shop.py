"""What a run knows about a shop: its products, how they are bought, and its rules."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from typing import Self

from fondly.contracts.records import Quote
from fondly.recommender.domain.picking.offers import Choice, Offer, Variants, offers
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.shop.attributes import volume_of
from fondly.recommender.domain.shop.catalogue import Catalogue
from fondly.recommender.domain.shop.complements import Complements
from fondly.recommender.domain.shop.durables import MIN_RETURNING, Durables
from fondly.recommender.domain.shop.fit_tables import Fact
from fondly.recommender.domain.shop.taxonomy import Category
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.domain.study.links import Link, Links
from fondly.recommender.domain.study.next_leaves import NextLeaves

MOST_MODELS = 24
"""How many families of a leaf category are considered, so that picking does not grow with the catalogue."""
BOUGHT_AGAIN = 0.15
"""People buy from a leaf again if this share of its customers who bought more did so."""
COLLECTED = 0.25
"""Customers collect from a leaf if this share of what they have besides is from it too."""
SEVERAL, MANY = 3, 10
"""How many customers of two leaf categories tell something of both, and how many do so by themselves."""
TASTE = 3.0
"""How many times more than by chance people collect what is a matter of taste, such as novels."""
SPREAD, FEW_LISTS = 8, 10
"""How many times the mean number of lists a product may be in, or, if that is more, how many lists."""
OFTEN = 0.1
"""The share of a leaf's customers with something from another leaf that makes having both usual."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Everything that picks are made from. Read-only, so it is shared by all customers of a run."""

    catalogue: Catalogue
    bought: CoPurchases
    durables: Durables
    complements: Complements
    next_leaves: NextLeaves
    run_rules: RunRules
    now: int
    """The run's time in Unix seconds, by which products are new."""
    ranking_weight: float = 1.0
    """How much Personalize's order counts, by what it is worth in this shop; 0 for nothing."""
    quotes: Mapping[str, tuple[Quote, ...]] = field(default_factory=dict)
    """What an email may quote of reviews, by product id: for runs only."""
    without: frozenset[str] = frozenset()
    """Parts (`Part`) and rules (`Rule`) that are switched off, to measure what they are worth."""

    @classmethod
    def of(cls, catalogue: Catalogue, bought: CoPurchases, run_rules: RunRules, *, now: int) -> Self:
        """Learn from what customers bought together, under the shop's own decisions."""
        bought.fold()
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
            next_leaves=NextLeaves(bought, catalogue.sizes, durables),
            run_rules=run_rules,
            now=now,
        )

    @property
    def rules(self) -> Rules:
        """The figures of the rules."""
        return self.run_rules.rules

    @property
    def picks(self) -> int:
        """How many products a customer gets at most."""
        return self.run_rules.picks

    @property
    def min_picks(self) -> int:
        """From how many products on each further one must be worth its place."""
        return min(self.rules.min_picks, self.picks)

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """What may be picked at all, by product id, the best first."""
        return offers(self.catalogue, self.durables, self.run_rules, now=self.now)

    @cached_property
    def models(self) -> Mapping[Category, Mapping[str, Variants]]:
        """The best families of each leaf category, in order, each with its variants that may be picked."""
        found: dict[Category, dict[str, Variants]] = {}
        for one in self.offers.values():
            families = found.setdefault(one.leaf, {})
            families.setdefault(one.family, Variants([], self.catalogue.facts)).offers.append(one)
        return {leaf: dict(islice(families.items(), MOST_MODELS)) for leaf, families in found.items()}

    @cached_property
    def choices(self) -> Callable[[Category], Choice]:
        """Returns a leaf's best families, of which the variants are chosen together."""
        return cache(lambda leaf: Choice(self.models.get(leaf, {}).values()))

    @cached_property
    def variants(self) -> Mapping[str, Variants]:
        """The offers of each family, best first."""
        found: dict[str, Variants] = {}
        for offer in self.offers.values():
            found.setdefault(offer.family, Variants([], self.catalogue.facts)).offers.append(offer)
        return found

    @cached_property
    def poorly_rated(self) -> frozenset[Category]:
        """The leaf categories of which everything that has ratings is rated worse than the rules ask for."""
        best: dict[Category, float] = {}
        for offer in self.offers.values():
            if offer.product.rating is not None:
                best[offer.leaf] = max(best.get(offer.leaf, 0.0), float(offer.product.rating))
        return frozenset(leaf for leaf, rating in best.items() if rating < self.rules.min_rating)

    @cached_property
    def sequels(self) -> Mapping[Fact, str]:
        """The family of the volume that comes after each volume of a series: the best edition."""
        found: dict[Fact, str] = {}
        for offer in self.offers.values():
            if volume := volume_of(offer.product):
                found |= {before: offer.family for before in volume.takes if before not in found}
        return found

    @cached_property
    def kinds(self) -> Callable[[Category], frozenset[str]]:
        """Returns what a durable thing of a category is; nothing for what customers buy again."""
        return cache(self.durables.kinds)

    def is_bought_again(self, leaf: Category) -> bool:
        """Return whether enough customers of a leaf category buy from it again, as far as is known."""
        if self.durables.is_title(leaf):
            return True
        repeats = self.next_leaves.repeats.get(leaf)
        if repeats is None or repeats.returning < MIN_RETURNING:
            return not self.kinds(leaf)
        return repeats.repeated >= BOUGHT_AGAIN * repeats.returning

    @cached_property
    def is_collected(self) -> Callable[[Category], bool]:
        """Returns whether much of what customers of a leaf have besides is from that leaf too."""
        return cache(lambda leaf: self.next_leaves.again(leaf) >= COLLECTED)

    @cached_property
    def matters_of_taste(self) -> frozenset[Category]:
        """The leaf categories from which their customers collect far more than everybody buys."""
        owners, again = self.bought.leaves.owners, self.next_leaves.again
        limit = TASTE / max(1, owners.total())
        leaves = (leaf for leaf in self.catalogue.sizes if self.is_collected(leaf))
        return frozenset(leaf for leaf in leaves if again(leaf) >= limit * owners[leaf])

    def most_lists(self, customers: int) -> int:
        """Return how many of some customers' lists may have a product that is not made for what they own."""
        share = max(self.rules.max_list_share, SPREAD * self.picks / max(1, len(self.offers)))
        return max(FEW_LISTS, math.ceil(share * customers))

    def buyers(self, product_id: str) -> Mapping[str, Link[str]]:
        """Return the families that customers own together with that of a product, by id."""
        return self._linked(self.bought.families, self.catalogue.family(product_id))

    def likers(self, product_id: str) -> Mapping[str, Link[str]]:
        """Return the families that customers like together with that of a product, by id."""
        return self._linked(self.bought.liked, self.catalogue.family(product_id))

    def attraction(self, product_id: str) -> Mapping[str, float]:
        """Return how strongly other families are bought with a product's, as far as that is beyond chance."""
        return self._attraction(self.catalogue.family(product_id))

    @cached_property
    def _attraction(self) -> Callable[[str], Mapping[str, float]]:
        beyond_chance = self.bought.families.beyond_chance
        return cache(
            lambda family: {
                one: link.strength * excess
                for one, link in self._linked(self.bought.families, family).items()
                if (excess := beyond_chance(family, one, link.customers))
            }
        )

    @cached_property
    def following(self) -> Callable[[Category], Mapping[Category, tuple[float, int]]]:
        """Returns the other leaf categories that customers of a leaf buy from, how clearly, and how many do.

        How clearly is the share beyond chance, if `SEVERAL` customers do. Where it is not beyond chance,
        `MANY` customers, and the share `OFTEN` of all, must do so.
        """
        return cache(lambda leaf: dict(self._follow(leaf)))

    def _follow(self, leaf: Category) -> Iterator[tuple[Category, tuple[float, int]]]:
        leaves = self.bought.leaves
        for link in leaves.of(leaf, at_least=SEVERAL):
            excess = leaves.beyond_chance(leaf, link.to, link.customers)
            if excess > 0 or link.customers >= max(MANY, OFTEN * leaves.owners[leaf]):
                yield link.to, (excess, link.customers)

    @cached_property
    def _linked(self) -> Callable[[Links[str], str], Mapping[str, Link[str]]]:
        """Returns the families that enough customers link, the strongest first."""
        least = self.rules.min_linking_customers
        return cache(lambda links, family: {link.to: link for link in links.of(family, at_least=least)})
