"""Which rules of the shop's file match which products, without a catalogue in memory."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.names import joined, leading_brands
from fondly.recommender.domain.shop.taxonomy import Category, Entries, words


def excludes(rules: ShopRules, product: Product) -> bool:
    """Return whether a product is excluded, perhaps by what is only likely to be its brand."""
    brands = {joined(brand) for brand in rules.excluded_brands}
    levels = {words(level) for path in (product.category, *product.other_categories) for level in path}
    return (
        product.product_id in rules.excluded_products
        or not brands.isdisjoint(leading_brands(product))
        or any(words(name) in levels for name in rules.excluded_categories)
    )


def unmatched(
    rules: ShopRules,
    products: Iterable[Product],
    brands: Callable[[Product], Iterable[str | None]] = leading_brands,
) -> list[str]:
    """Return the rules without a product, mostly typing errors, as written: `exclude.brands: Acme`.

    `brands` are those that a product may be of; by default what it states, else the beginnings of its name.
    Memory grows with the categories, not with the products.
    """
    ids = dict.fromkeys((*sorted(rules.excluded_products), *rules.pinned))
    named = {joined(brand): brand for brand in sorted(rules.excluded_brands)}
    categories, levels = set[Category](), set[str]()
    for each in products:
        ids.pop(each.product_id, None)
        categories.add(each.category)
        levels.update(level for path in (each.category, *each.other_categories) for level in path)
        for brand in brands(each) if named else ():
            named.pop(brand or "", None)
    known = set(map(words, levels))
    return [
        *(f"{'pin' if each in rules.pinned else 'exclude.products'}: {each}" for each in ids),
        *(f"exclude.brands: {each}" for each in named.values()),
        *(f"exclude.categories: {each}" for each in rules.excluded_categories if words(each) not in known),
        *_unknown("durable", rules.durable, categories),
        *_unknown("complements", {*rules.complements, *chain(*rules.complements.values())}, categories),
    ]


def _unknown(rule: str, names: Iterable[str], categories: Iterable[Category]) -> Iterator[str]:
    entries = Entries(names)
    known = {name for each in categories for group in entries.matches(each) for name in group}
    yield from (f"{rule}: {name}" for name in sorted(names) if name not in known)
