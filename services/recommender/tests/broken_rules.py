"""Which rules a finished list breaks, worked out from the records without the code that picks."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain
from statistics import median

from encore.contracts.records import Product
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.picks import Selection
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.taxonomy import Category

RULES = Rules()


class BrokenRules:
    """Looks at one list, knowing families, brands, what fits, what is durable and what goes with what."""

    def __init__(self, shopper: Shopper, selection: Selection) -> None:
        self._shop, self._emailed = shopper.shop, shopper.emailed
        self._picked = [one.product for one in selection.picks]
        products = self._shop.catalogue.products
        opinions = {one.product_id: one.value or 0 for one in shopper.preferences}
        self._owned = [products[each] for each in opinions if each in products]
        self._bad = [one for one in self._owned if opinions[one.product_id] <= -0.2]

    def found(self) -> set[Rule]:
        """Return the rules that the list breaks as a whole."""
        return {rule for rule, keeps in self._checks.items() if not keeps()}

    def strange(self, levels: int) -> list[Product]:
        """Return the picks from elsewhere in the shop, to which nothing that the customer has leads."""
        mine = {own.category[:levels] for own in self._owned if own.category}
        known = self._leaves_with(self._owned)
        return [
            one
            for one in self._picked
            if mine
            and one.category[:levels] not in mine
            and one.category not in known
            and self._family(one.product_id) not in self._linked
        ]

    @property
    def _checks(self) -> Mapping[Rule, Callable[[], bool]]:
        return {
            Rule.PRICE: self._keeps_prices,
            Rule.COMPLEMENTS: self._has_complements,
            Rule.BRAND: lambda: _most(map(self._brand, self._picked)) <= RULES.max_per_brand,
            Rule.NEW_PART: lambda: len(self.strange(2)) <= RULES.max_discoveries,
            Rule.RATING: lambda: not any(map(self._is_poorly_rated, self._picked)),
            Rule.LEAF: lambda: _most(one.category or None for one in self._picked) <= RULES.max_per_leaf,
            Rule.NEW_ROOT: lambda: len(self.strange(1)) <= RULES.max_discoveries,
            Rule.FIT: lambda: all(map(self._fits, self._picked)),
            Rule.REPEAT: lambda: self._families.isdisjoint(map(self._family, self._emailed)),
            Rule.DISAPPOINTMENT: lambda: not any(map(self._is_disappointing, self._picked)),
            Rule.REPLACEMENT: self._keeps_replacements,
            Rule.DISLIKED: lambda: self._shop.catalogue.disliked.isdisjoint(self._ids),
            Rule.FAMILY: self._keeps_families,
        }

    def _brand(self, product: Product) -> str | None:
        return self._shop.catalogue.brand(product.product_id)

    def _family(self, product_id: str) -> str:
        return self._shop.catalogue.family(product_id)

    @property
    def _ids(self) -> list[str]:
        return [one.product_id for one in self._picked]

    @cached_property
    def _families(self) -> set[str]:
        return set(map(self._family, self._ids))

    def _keeps_families(self) -> bool:
        mine = {self._family(one.product_id) for one in self._owned}
        return len(self._families) == len(self._picked) and self._families.isdisjoint(mine)

    def _is_disappointing(self, product: Product) -> bool:
        return self._brand(product) is not None and any(
            (self._brand(one), one.category) == (self._brand(product), product.category) for one in self._bad
        )

    def _is_poorly_rated(self, product: Product) -> bool:
        """Return whether it is, while its category has three that are not."""
        offered = [one.product for one in self._shop.offers.values()]
        peers = [one for one in offered if one.category == product.category]
        enough = min(_usual_count(peers), RULES.min_ratings)
        return not _is_well_rated(product, enough) and sum(_is_well_rated(one, enough) for one in peers) >= 3

    def _keeps_prices(self) -> bool:
        far = [one for one in self._picked if self._is_far(one, 3)]
        return len(far) <= RULES.max_price_exceptions and not any(self._is_far(one, 3**1.5) for one in far)

    def _is_far(self, product: Product, factor: float) -> bool:
        """Return whether it costs too much, or too little for what goes with nothing durable."""
        prices = [one.price for one in self._owned] or [product.price]
        is_low = (
            float(product.price) * factor < min(prices) and product.category not in self._leaves_with_durables
        )
        return is_low or product.price > float(max(prices)) * factor

    def _leaves_with(self, owned: Sequence[Product]) -> set[Category]:
        return {leaf.category for one in owned for leaf in self._shop.complements.of(one.category)}

    @cached_property
    def _durable(self) -> dict[str | None, list[Product]]:
        """What they own of each durable thing."""
        kinds = {kind for one in self._owned if (kind := self._shop.kind(one.category))}
        return {kind: [one for one in self._owned if self._shop.kind(one.category) == kind] for kind in kinds}

    @cached_property
    def _leaves_with_durables(self) -> set[Category]:
        return self._leaves_with(list(chain.from_iterable(self._durable.values())))

    def _has_complements(self) -> bool:
        completing = sum(one.category in self._leaves_with_durables for one in self._picked)
        is_short = len(self._picked) < self._shop.picks
        return not self._durable or is_short or completing >= min(RULES.min_complements, self._shop.picks)

    def _keeps_replacements(self) -> bool:
        """Return whether of each thing that they have, one pick at most is another, and a better one."""
        again = [
            (kind, one) for one in self._picked if (kind := self._shop.kind(one.category)) in self._durable
        ]
        is_better = all(_is_better(one, own) for kind, one in again for own in self._durable[kind])
        return is_better and _most(kind for kind, _ in again) <= RULES.max_replacements

    def _fits(self, product: Product) -> bool:
        """Return whether it fits something of its category, or that it goes with, if they have any."""
        mine = [one for one in self._owned if product.category in {one.category, *self._leaves_with([one])}]
        fits = self._shop.catalogue.fits
        return not mine or any(fits(product.product_id, one.product_id) for one in mine)

    @cached_property
    def _linked(self) -> set[str]:
        return {family for one in self._owned for family in self._shop.buyers(one.product_id)}


def _most(values: Iterable[Hashable]) -> int:
    """Return how often the most frequent value is there; None is no value."""
    return max(Counter(value for value in values if value is not None).values(), default=0)


def _usual_count(products: Iterable[Product]) -> float:
    counts = [one.rating_count for one in products if one.rating_count is not None]
    return median(counts) if counts else 0


def _is_well_rated(product: Product, enough: float) -> bool:
    is_proved = product.rating_count is None or product.rating_count >= enough
    return is_proved and product.rating is not None and product.rating >= Decimal(str(RULES.min_rating))


def _is_better(product: Product, owned: Product) -> bool:
    ours, theirs = product.rating, owned.rating
    is_better_rated = ours is not None and theirs is not None and ours > theirs
    return is_better_rated or product.price > owned.price
