"""Which rules of the shop's file match which products, without a catalogue in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.names import joined, leading_brands
from fondly.recommender.domain.shop.taxonomy import Category, Entries, words

MOST_EXAMPLES = 3


def excludes(rules: ShopRules, product: Product) -> bool:
    """Return whether a product is excluded, perhaps by what is only likely to be its brand."""
    brands = {joined(brand) for brand in rules.excluded_brands}
    levels = {words(level) for path in (product.category, *product.other_categories) for level in path}
    return (
        product.product_id in rules.excluded_products
        or not brands.isdisjoint(leading_brands(product))
        or any(words(name) in levels for name in rules.excluded_categories)
    )


@dataclass
class Matched:
    """How many products a rule matches, and the names of the first."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


class RuleMatches:
    """Counts the products that each rule matches; memory grows with the categories, not with the products."""

    def __init__(
        self, rules: ShopRules, brands: Callable[[Product], Iterable[str | None]] = leading_brands
    ) -> None:
        """Match by `brands`: by default what a product states, else the beginnings of its name."""
        ids = {each: f"exclude.products: {each}" for each in sorted(rules.excluded_products)}
        self._ids = ids | {each: f"pin: {each}" for each in rules.pinned}
        self._brands = {joined(each): f"exclude.brands: {each}" for each in sorted(rules.excluded_brands)}
        self._levels = {words(each): f"exclude.categories: {each}" for each in rules.excluded_categories}
        of_complements = {*rules.complements, *chain(*rules.complements.values())}
        named = {"durable": set(rules.durable), "complements": of_complements}
        self._entries = {rule: Entries(names) for rule, names in named.items()}
        of_categories = (f"{rule}: {each}" for rule, names in named.items() for each in sorted(names))
        listed = (*self._ids.values(), *self._brands.values(), *self._levels.values(), *of_categories)
        self.found = {rule: Matched() for rule in listed}
        """By rule as written: `exclude.brands: Acme`."""
        self._brands_of = brands
        self._of_category = cache(self._rules_of)

    def add(self, product: Product) -> None:
        """Take account of a product."""
        rules = {
            rule for path in (product.category, *product.other_categories) for rule in self._of_levels(path)
        }
        rules.update(self._of_category(product.category))
        rules.update(filter(None, [self._ids.get(product.product_id)]))
        for brand in self._brands_of(product) if self._brands else ():
            rules.update(filter(None, [self._brands.get(brand or "")]))
        for rule in rules:
            found = self.found[rule]
            found.count += 1
            if len(found.examples) < MOST_EXAMPLES:
                found.examples.append(product.name)

    def _of_levels(self, path: Category) -> Iterator[str]:
        return (self._levels[own] for level in path if (own := words(level)) in self._levels)

    def _rules_of(self, category: Category) -> frozenset[str]:
        return frozenset(
            f"{rule}: {name}"
            for rule, entries in self._entries.items()
            for group in entries.matches(category)
            for name in group
        )


def unmatched(
    rules: ShopRules,
    products: Iterable[Product],
    brands: Callable[[Product], Iterable[str | None]] = leading_brands,
) -> list[str]:
    """Return the rules without a product, mostly typing errors, as written."""
    matches = RuleMatches(rules, brands)
    for each in products:
        matches.add(each)
    return [rule for rule, found in matches.found.items() if not found.count]
