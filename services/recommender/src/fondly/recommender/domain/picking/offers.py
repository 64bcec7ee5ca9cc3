"""The products that a shop offers, with what the rules of picking look at."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import blake2b
from statistics import median
from typing import Any

import numpy as np

from fondly.contracts.records import Product
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.shop.catalogue import Catalogue, Facts
from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.names import joined
from fondly.recommender.domain.shop.taxonomy import Category

ENOUGH_WELL_RATED = 3
"""How many well rated products make it needless for a category to offer others."""

FAR_BELOW = 0.2
"""How many stars below the rule's a rating is too bad, however small the choice."""
_NUMBERS, _MIX = 2**32, 0x9E3779B1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product that may be picked, in the terms of the rules."""

    product: Product
    product_id: str
    family: str
    leaf: Category
    """The product's narrowest category; empty when it has none."""
    part: Category
    price: Decimal
    """The product's current price."""
    price_level: float
    """How dear it is for its leaf category: the natural logarithm of its price over the median."""
    labels: frozenset[str]
    brand: str | None
    kinds: frozenset[str]
    """What it is, if it is durable (see `Durables.kinds`)."""
    is_well_rated: bool
    """False when its category has enough products with a better rating from enough people."""
    is_disliked: bool
    """True when its buyers mostly dislike it."""
    merit: float
    """What speaks for it in its leaf category, whoever the customer is (see `Catalogue.merits`)."""
    number: int
    """A number from 0 to 2**32 of its own, the same in every run."""


@dataclass(frozen=True)
class Variants:
    """The offers of a family, best first, and what of choosing between them is the same for everybody."""

    offers: list[Offer]
    facts: Callable[[str], Facts]

    @cached_property
    def liked(self) -> Sequence[Offer]:
        """Those that their buyers do not dislike, if there are any."""
        return [one for one in self.offers if not one.is_disliked] or self.offers

    @cached_property
    def best_rated(self) -> Sequence[Offer]:
        """Those of them that are well rated, if there are any."""
        return well_rated(self.liked)

    @cached_property
    def are_plain(self) -> bool:
        """Whether any of these suits everybody, of whatever size and devices."""
        return all(self.facts(one.product_id).is_plain for one in self.liked)


class Choice:
    """The families of a leaf category, of which the plain ones are chosen from together.

    A shop of clothes has a dozen variants of everything, and every customer looks at all of them: a row of
    figures for each family, as long as the longest.
    """

    def __init__(self, families: Iterable[Variants]) -> None:
        own = list(families)
        self.others = [one for one in own if not one.are_plain]
        """Those of which one suits not everybody."""
        self._plain = [one.best_rated for one in own if one.are_plain]
        shape = len(self._plain), max(map(len, self._plain), default=1)
        self._merits, self._numbers = np.full(shape, -np.inf), np.zeros(shape, np.uint64)
        for row, variants in enumerate(self._plain):
            self._merits[row, : len(variants)] = [one.merit for one in variants]
            self._numbers[row, : len(variants)] = [one.number for one in variants]

    def best(self, whim: float, seed: int) -> list[Offer]:
        """Return the best variant of each plain family, for a customer with such a whim."""
        worth = self._merits + whim * whims(self._numbers, seed)
        return [own[place] for own, place in zip(self._plain, worth.argmax(axis=1).tolist(), strict=True)]


def well_rated(some: Sequence[Offer]) -> Sequence[Offer]:
    """Return those that are well rated, if there are any, else all."""
    return [one for one in some if one.is_well_rated] or some


def whims(numbers: Any, seed: int) -> Any:  # noqa: ANN401 - a number or an array of them
    """Return numbers from 0 to 1 of a customer's own for numbers, always the same."""
    return (numbers ^ seed) * _MIX % _NUMBERS / _NUMBERS


def offers(catalogue: Catalogue, durables: Durables, run_rules: RunRules, *, now: int) -> dict[str, Offer]:
    """Return what is sold at `now` (Unix seconds), in stock and not excluded, by id, the best first."""
    rules, shop = run_rules.rules, run_rules.shop
    offered = [
        product
        for product in catalogue.products.values()
        if product.in_stock is not False
        and (product.available_from or 0) <= now
        and not _is_excluded(product, catalogue, shop)
    ]
    usual = _usual_counts(offered)
    reaching = {one.product_id for one in offered if _reaches(one, rules, usual.get(one.category, 0))}
    choice = Counter(product.category for product in offered if product.product_id in reaching)
    found = [
        Offer(
            product=product,
            product_id=product.product_id,
            family=catalogue.family(product.product_id),
            leaf=product.category,
            part=catalogue.part(product.category),
            price=product.price,
            price_level=catalogue.price_level(product),
            labels=catalogue.labels(product.product_id),
            brand=catalogue.brand(product.product_id),
            kinds=durables.kinds(product.category),
            is_well_rated=product.product_id in reaching
            or (choice[product.category] < ENOUGH_WELL_RATED and not _is_bad(product, rules)),
            is_disliked=product.product_id in catalogue.disliked,
            merit=catalogue.merits[product.product_id],
            number=int.from_bytes(blake2b(product.product_id.encode(), digest_size=4).digest(), "big"),
        )
        for product in offered
    ]
    found.sort(key=lambda one: (-one.merit, one.product_id))
    return {one.product_id: one for one in found}


def _usual_counts(products: Iterable[Product]) -> dict[Category, float]:
    """Return the median number of ratings in each category."""
    counts: dict[Category, list[int]] = {}
    for product in products:
        if product.rating_count is not None:
            counts.setdefault(product.category, []).append(product.rating_count)
    return {category: median(found) for category, found in counts.items()}


def _reaches(product: Product, rules: Rules, usual: float) -> bool:
    """Return whether the rating is good enough, from enough people; half of a category always has enough."""
    if product.rating is None:
        return False
    least = min(usual, rules.min_ratings)
    enough = product.rating_count is None or product.rating_count >= least
    return enough and float(product.rating) >= rules.min_rating


def _is_bad(product: Product, rules: Rules) -> bool:
    """Return whether enough people rate it so badly that nobody should get it, however small the choice."""
    is_rated = product.rating is not None and (product.rating_count or 0) >= rules.min_ratings
    return is_rated and float(product.rating or 0) < rules.min_rating - FAR_BELOW


def _is_excluded(product: Product, catalogue: Catalogue, shop: ShopRules) -> bool:
    return (
        product.product_id in shop.excluded_products
        or catalogue.brand(product.product_id) in {joined(brand) for brand in shop.excluded_brands}
        or any(
            catalogue.is_in(path, shop.excluded_categories)
            for path in (product.category, *product.other_categories)
        )
    )
