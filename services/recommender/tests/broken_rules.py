"""Which rules a finished list breaks, worked out from the records without the code that picks."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from statistics import fmean, median

from fondly.contracts.records import Product
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.picks import Selection
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.fitting import fits, is_of_their_system
from fondly.recommender.domain.shop.taxonomy import Category

RULES = Rules()


class BrokenRules:
    """Looks at one list, knowing families, brands, texts, what is durable and what goes with what."""

    def __init__(self, shopper: Shopper, selection: Selection) -> None:
        self._shop, self._emailed, self._facts = shopper.shop, shopper.emailed, shopper.facts
        self._catalogue, self._returned = shopper.shop.catalogue, shopper.returned
        self._picked = [one.product for one in selection.picks]
        products = self._catalogue.products
        self._opinions = {one.product_id: one.value for one in shopper.preferences}
        self._known = list(self._opinions)
        self._owned = [products[each] for each in self._opinions if each in products]
        self._kept = [one for one in self._owned if (self._opinions[one.product_id] or 0) > -0.2]
        self._bad = [one for one in self._owned if one not in self._kept]

    def found(self) -> set[Rule]:
        """Return the rules that the list breaks as a whole."""
        each = {rule for rule, breaks in self._of_each.items() if any(map(breaks, self._picked))}
        return each | {rule for rule, keeps in self._of_all.items() if not keeps()}

    def is_kept_out(self, product: Product) -> bool:
        """Return whether a rule that never yields keeps one more product out of the list."""
        never = (
            Rule.OWNED,
            Rule.RETURNED,
            Rule.DISLIKED,
            Rule.AUDIENCE,
            Rule.FIT,
            Rule.SYSTEM,
            Rule.DISAPPOINTMENT,
        )
        return (
            any(self._of_each[rule](product) for rule in never)
            or self._is_second_replacement(product)
            or not self._keeps_replacements([*self._picked, product])
            or not self._keeps_families([*self._picked, product])
        )

    @property
    def _of_each(self) -> Mapping[Rule, Callable[[Product], bool]]:
        return {
            Rule.OWNED: self._is_told_to_be_theirs,
            Rule.DISLIKED: lambda one: one.product_id in self._catalogue.disliked,
            Rule.RETURNED: lambda one: (
                not self._labels([one]).isdisjoint(self._catalogue.labels_of(self._returned))
            ),
            Rule.AUDIENCE: self._is_for_others,
            Rule.UNKNOWN_AUDIENCE: self._is_for_somebody_unknown,
            Rule.UNKNOWN_SIZE: self._is_of_unknown_size,
            Rule.FIT: lambda one: not self._fits(one),
            Rule.SYSTEM: lambda one: (
                not is_of_their_system(self._catalogue.facts(one.product_id).attributes, self._facts)
            ),
            Rule.DISAPPOINTMENT: self._is_disappointing,
            Rule.PRICE: self._is_far,
            Rule.RATING: self._is_poorly_rated,
            Rule.TASTE: self._is_of_anothers_taste,
            Rule.REPEAT: lambda one: (
                not self._labels([one]).isdisjoint(self._catalogue.labels_of(self._emailed))
            ),
        }

    @property
    def _of_all(self) -> Mapping[Rule, Callable[[], bool]]:
        return {
            Rule.OWNED: lambda: self._keeps_families(self._picked),
            Rule.REPLACEMENT: lambda: self._keeps_replacements(self._picked),
            Rule.BRAND: lambda: _most(map(self._brand, self._picked)) <= RULES.max_per_brand,
            Rule.LEAF: self._keeps_leaves,
            Rule.NEW_PART: lambda: sum(map(self._is_strange, self._picked)) <= RULES.max_discoveries,
        }

    def _brand(self, product: Product) -> str | None:
        return self._catalogue.brand(product.product_id)

    def _labels(self, products: Iterable[Product]) -> frozenset[str]:
        return self._catalogue.labels_of([one.product_id for one in products])

    def _keeps_families(self, picked: list[Product]) -> bool:
        times = Counter(label for one in picked for label in self._labels([one]))
        return _most(times.elements()) <= 1 and times.keys().isdisjoint(
            self._catalogue.labels_of(self._known)
        )

    def _is_told_to_be_theirs(self, product: Product) -> bool:
        """Return whether it is a device of the very model that something of theirs is for, such as a case."""
        told = self._catalogue.facts(product.product_id).attributes
        return any(one.kind == "model" for one in (told.offers - told.takes) & self._facts)

    def _is_disappointing(self, product: Product) -> bool:
        brand, part = self._brand(product), product.category[:2]
        made = [one for one in self._bad if not self._shop.durables.is_title(one.category)]
        return brand is not None and (brand, part) in {(self._brand(one), one.category[:2]) for one in made}

    def _is_for_others(self, product: Product) -> bool:
        return any(mine and wanted and wanted not in mine for mine, wanted in self._audiences(product))

    def _is_of_unknown_size(self, product: Product) -> bool:
        """Return whether it has a size of a system of which they have nothing.

        Sizes of some systems compare; no random shop has any but letters, which compare with nothing else.
        """
        facts = self._catalogue.facts
        worn = {size.rpartition(" ")[0] for one in self._owned if (size := facts(one.product_id).size)}
        told = worn | {system.removeprefix("women ").removeprefix("men ") for system in worn}
        system = (facts(product.product_id).size or "").rpartition(" ")[0]
        return bool(self._owned and system) and system not in told

    def _is_of_anothers_taste(self, product: Product) -> bool:
        """Return whether it is of what people collect, and they have nothing of it or beside it."""
        shop, parents = self._shop, {one.category[:-1] for one in self._owned}
        owners = shop.bought.leaves.owners
        share = shop.next_leaves.again(product.category)
        is_taste = share >= max(0.25, 3 * owners[product.category] / max(1, owners.total()))
        return bool(parents) and is_taste and product.category[:-1] not in parents

    def _is_for_somebody_unknown(self, product: Product) -> bool:
        return bool(self._owned) and any(
            wanted and wanted not in mine for mine, wanted in self._audiences(product)
        )

    def _audiences(self, product: Product) -> list[tuple[set[str], str | None]]:
        """Return the genders and ages of what they have, each with that of a product."""
        told = [self._catalogue.facts(one.product_id).audience for one in self._owned]
        wanted = self._catalogue.facts(product.product_id).audience
        genders = {one.gender for one in told if one.gender}
        ages = {one.age for one in told if one.age}
        return [({*genders}, wanted.gender), ({*ages}, wanted.age)]

    def _fits(self, product: Product) -> bool:
        taking = self._catalogue.facts(product.product_id).attributes
        wanted = {fact for fact in taking.takes if fact.kind == "device"}
        theirs = [(one, self._catalogue.facts(one.product_id)) for one in self._owned]
        devices = [(one, facts) for one, facts in theirs if wanted & facts.attributes.offers]
        has = [facts.owned for one, facts in devices or theirs if one in self._kept]
        return not taking.needs_fit or any(fits(taking, one) for one in has)

    def _is_poorly_rated(self, product: Product) -> bool:
        """Return whether it is, while its category has three that are not, or far too poorly for any choice.

        Who follows a series gets its next volume, however it is rated.
        """
        next_volumes = {family for before, family in self._shop.sequels.items() if before in self._facts}
        if self._catalogue.family(product.product_id) in next_volumes:
            return False
        offered = [one.product for one in self._shop.offers.values()]
        peers = [one for one in offered if one.category == product.category]
        enough = min(_usual_count(peers), RULES.min_ratings)
        has_choice = sum(_is_well_rated(one, enough) for one in peers) >= 3
        return not _is_well_rated(product, enough) and (has_choice or _is_rated_far_too_poorly(product))

    def _is_far(self, product: Product) -> bool:
        """Return whether it costs too much, or too little for what goes with nothing of theirs."""
        near = [one.price for one in self._owned if one.category == product.category]
        prices = near or [one.price for one in self._owned] or [product.price]
        is_low = product.price * 3 < min(prices) and product.category not in self._completing
        level = self._catalogue.price_level
        usual = fmean(map(level, self._owned)) if self._owned else 0.0
        is_dear = product.price > max(prices) and level(product) > max(0.0, usual) + 0.5
        return is_low or is_dear or product.price > max(prices) * 3

    @cached_property
    def _completing(self) -> set[Category]:
        return {leaf.category for one in self._kept for leaf in self._shop.complements.of(one.category)}

    def _is_strange(self, product: Product) -> bool:
        """Return whether it is of a new part of the shop, and nothing that they have leads there."""
        mine = {own.category[:2] for own in self._owned if own.category}
        linked = {family for own in self._kept for family in self._shop.attraction(own.product_id)}
        return (
            bool(mine)
            and product.category[:2] not in mine
            and product.category not in self._completing
            and self._catalogue.family(product.product_id) not in linked
            and not any(product.category in self._shop.following(own.category) for own in self._kept)
        )

    def _keeps_leaves(self) -> bool:
        counted = Counter(one.category for one in self._picked if one.category)
        kinds = (kind for one in self._picked for kind in self._kinds(one))
        return _most(kinds) <= 1 and all(count <= self._most_of(leaf) for leaf, count in counted.items())

    def _most_of(self, leaf: Category) -> int:
        """Return how many of a leaf they may get: one, and more of what people collect and they have."""
        owned = sum(one.category == leaf for one in self._owned)
        again = self._shop.next_leaves.again(leaf)
        share = (owned + 3 * again) / (len(self._owned) + 3)
        return max(RULES.max_per_leaf, round(share * self._shop.picks)) if owned and again >= 0.25 else 1

    def _kinds(self, product: Product) -> frozenset[str]:
        return self._shop.kinds(product.category)

    @cached_property
    def _owned_kinds(self) -> frozenset[str]:
        return frozenset().union(*map(self._kinds, self._owned))

    def _is_second_replacement(self, product: Product) -> bool:
        """Return whether another durable thing than one of theirs would join one that it is as well."""
        mine = self._kinds(product)
        return bool(mine & self._owned_kinds) and any(mine & self._kinds(one) for one in self._picked)

    def _keeps_replacements(self, picked: list[Product]) -> bool:
        """Return whether of each durable thing that they have, one at most is another, and a better one.

        Who is content has no other of what people do not buy again.
        """
        again = (kind for one in picked for kind in self._kinds(one) & self._owned_kinds)
        return _most(again) <= 1 and all(self._is_wanted_again(one) for one in picked)

    def _is_wanted_again(self, product: Product) -> bool:
        if kinds := self._kinds(product):
            return all(self._replaces(product, one) for one in self._owned if kinds & self._kinds(one))
        own = [one for one in self._owned if one.category == product.category]
        is_bought_again = self._shop.is_bought_again(product.category)
        return not own or is_bought_again or any(map(self._is_not_content_with, own))

    def _is_not_content_with(self, owned: Product) -> bool:
        value = self._opinions[owned.product_id]
        return value is not None and value < 0.7

    def _replaces(self, product: Product, owned: Product) -> bool:
        ours, theirs = product.rating, owned.rating
        is_better = ours is not None and theirs is not None and ours - theirs >= Decimal("0.2")
        return self._is_not_content_with(owned) and is_better and (product.rating_count or 0) >= 50


def _most(values: Iterable[Hashable]) -> int:
    """Return how often the most frequent value is there; None is no value."""
    return max(Counter(value for value in values if value is not None).values(), default=0)


def _usual_count(products: Iterable[Product]) -> float:
    counts = [one.rating_count for one in products if one.rating_count is not None]
    return median(counts) if counts else 0


def _is_well_rated(product: Product, enough: float) -> bool:
    is_proved = product.rating_count is None or product.rating_count >= enough
    return is_proved and product.rating is not None and product.rating >= Decimal(str(RULES.min_rating))


def _is_rated_far_too_poorly(product: Product) -> bool:
    """Return whether enough people rate it more than half a star below what the rule asks for."""
    is_told = product.rating is not None and (product.rating_count or 0) >= RULES.min_ratings
    return is_told and (product.rating or 0) < Decimal(str(RULES.min_rating)) - Decimal("0.2")
