"""Which rules a finished list breaks, worked out from the records without the code that picks."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from statistics import fmean, median

from encore.contracts.records import Product
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.fitting import fits, is_of_their_system
from encore.recommender.domain.picks import Selection
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.taxonomy import Category

RULES = Rules()


class BrokenRules:
    """Looks at one list, knowing families, brands, texts, what is durable and what goes with what."""

    def __init__(self, shopper: Shopper, selection: Selection) -> None:
        self._shop, self._emailed, self._facts = shopper.shop, shopper.emailed, shopper.facts
        self._catalogue = shopper.shop.catalogue
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
        never = (Rule.DISLIKED, Rule.AUDIENCE, Rule.FIT, Rule.SYSTEM, Rule.DISAPPOINTMENT)
        return (
            any(self._of_each[rule](product) for rule in never)
            or not self._keeps_replacements([*self._picked, product])
            or not self._keeps_families([*self._picked, product])
        )

    @property
    def _of_each(self) -> Mapping[Rule, Callable[[Product], bool]]:
        return {
            Rule.DISLIKED: lambda one: one.product_id in self._catalogue.disliked,
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

    def _is_disappointing(self, product: Product) -> bool:
        return self._brand(product) is not None and any(
            (self._brand(one), one.category) == (self._brand(product), product.category) for one in self._bad
        )

    def _is_for_others(self, product: Product) -> bool:
        return any(mine and wanted and wanted not in mine for mine, wanted in self._audiences(product))

    def _is_of_unknown_size(self, product: Product) -> bool:
        """Return whether it has a size of a system of which they have nothing; sizes of clothes compare."""
        facts = self._catalogue.facts
        clothes = {"letter", "eu", "jeans"}
        worn = {size.rpartition(" ")[0] for one in self._owned if (size := facts(one.product_id).size)}
        system = (facts(product.product_id).size or "").rpartition(" ")[0]
        return bool(self._owned and system) and system not in (worn | clothes if worn & clothes else worn)

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
        """Return whether it is, while its category has three that are not."""
        offered = [one.product for one in self._shop.offers.values()]
        peers = [one for one in offered if one.category == product.category]
        enough = min(_usual_count(peers), RULES.min_ratings)
        return not _is_well_rated(product, enough) and sum(_is_well_rated(one, enough) for one in peers) >= 3

    def _is_far(self, product: Product) -> bool:
        """Return whether it costs too much, or too little for what goes with nothing of theirs."""
        prices = [one.price for one in self._owned] or [product.price]
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
            and not any(self._shop.following(own.category, product.category)[1] for own in self._kept)
        )

    def _keeps_leaves(self) -> bool:
        owned = {one.category for one in self._owned}
        again = {leaf for leaf in owned if self._shop.is_bought_again(leaf)}
        counted = Counter(one.category for one in self._picked if one.category)
        return all(count <= (self._most(leaf) if leaf in again else 1) for leaf, count in counted.items())

    def _most(self, leaf: Category) -> int:
        """Return how many of a leaf they may get that people buy again: more of what people collect."""
        again = self._shop.next_leaves.again(leaf)
        share = (sum(one.category == leaf for one in self._owned) + 2 * again) / (len(self._owned) + 2)
        return max(RULES.max_per_leaf, round(5 * share)) if again >= 0.25 else RULES.max_per_leaf

    def _keeps_replacements(self, picked: list[Product]) -> bool:
        """Return whether of each durable thing that they have, one at most is another, and a better one.

        Who is content has no other of what people do not buy again.
        """
        leaves = {one.category for one in self._owned if self._shop.kind(one.category) is None}
        for leaf in (one for one in leaves if not self._shop.is_bought_again(one)):
            opinions = (self._opinions[one.product_id] for one in self._owned if one.category == leaf)
            is_bad = any(value is not None and value < 0.7 for value in opinions)
            if not is_bad and any(one.category == leaf for one in picked):
                return False
        kinds = {kind for one in self._owned if (kind := self._shop.kind(one.category))}
        again = [(kind, one) for one in picked if (kind := self._shop.kind(one.category)) in kinds]
        mine = {kind: [one for one in self._owned if self._shop.kind(one.category) == kind] for kind in kinds}
        replaces = all(self._replaces(one, own) for kind, one in again if kind for own in mine[kind])
        return replaces and _most(kind for kind, _ in again) <= 1

    def _replaces(self, product: Product, owned: Product) -> bool:
        value = self._opinions[owned.product_id]
        is_bad = value is not None and value < 0.7
        ours, theirs = product.rating, owned.rating
        is_better = ours is not None and theirs is not None and ours - theirs >= Decimal("0.2")
        return is_bad and is_better and (product.rating_count or 0) >= 50


def _most(values: Iterable[Hashable]) -> int:
    """Return how often the most frequent value is there; None is no value."""
    return max(Counter(value for value in values if value is not None).values(), default=0)


def _usual_count(products: Iterable[Product]) -> float:
    counts = [one.rating_count for one in products if one.rating_count is not None]
    return median(counts) if counts else 0


def _is_well_rated(product: Product, enough: float) -> bool:
    is_proved = product.rating_count is None or product.rating_count >= enough
    return is_proved and product.rating is not None and product.rating >= Decimal(str(RULES.min_rating))
