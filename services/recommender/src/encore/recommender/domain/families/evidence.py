"""What a catalogue's own facts say about which products are variants of one another."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from encore.contracts.records import Product
from encore.recommender.domain.brands import stated_brand
from encore.recommender.domain.families.alike import alike
from encore.recommender.domain.families.groups import united
from encore.recommender.domain.families.variants import Key, read_name
from encore.recommender.domain.names import tokens

MIN_NAME_COSINE = 0.8
MAX_NAMES = 4
"""By how many of its names a group of variants is compared with other products."""

Pair = tuple[str, str, float]
"""Two products, and how close they are: up to 1."""
GroupKey = tuple[Hashable, ...] | None


class Evidence:
    """The groups of variants of a catalogue, and the pairs of products that only resemble each other."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._products = products
        self._words = {product_id: tokens(product.name) for product_id, product in products.items()}
        self._variants = _grouped(_variant_keys(products))
        self._group = united(self.variants())

    def variants(self) -> Iterator[list[str]]:
        """Yield groups by parent, by the name without sizes and colours, and by the whole name."""
        yield from self._variants
        yield from _grouped({product_id: self._name_of(product_id) for product_id in self._products})

    def alike_names(self) -> Iterator[Pair]:
        """Yield the pairs of different groups whose names have a cosine over `MIN_NAME_COSINE`."""
        listed = {product_id for group in self._variants for product_id in group}
        for one, other, similarity in alike(self._compared(), threshold=MIN_NAME_COSINE):
            if self._may_be_one(one, other) and not (one in listed and other in listed):
                yield one, other, similarity

    def _compared(self) -> dict[str, Counter[str]]:
        """The distinct names of every group, a few of each."""
        chosen: dict[str, dict[frozenset[tuple[str, int]], str]] = {}
        for product_id in sorted(self._products):
            names = chosen.setdefault(self._group.get(product_id, product_id), {})
            if len(names) < MAX_NAMES:
                names.setdefault(frozenset(self._words[product_id].items()), product_id)
        return {key: self._words[key] for names in chosen.values() for key in names.values()}

    def _may_be_one(self, one: str, other: str) -> bool:
        """Whether neither the parents nor the brands that the shop states tell two products apart."""
        mine, theirs = self._products[one], self._products[other]
        parents = {product.parent_id for product in (mine, theirs)} - {None}
        brands = {stated_brand(product) for product in (mine, theirs)} - {None}
        return len(parents) <= 1 and len(brands) <= 1

    def _name_of(self, product_id: str) -> GroupKey:
        words, product = self._words[product_id], self._products[product_id]
        return (frozenset(words.items()), stated_brand(product), product.parent_id) if words else None


def _variant_keys(products: Mapping[str, Product]) -> dict[str, GroupKey]:
    """Map each product to what it has in common with its variants.

    The base of a name counts if another product's name consists of it and a known size or colour.
    """
    names = {key: read_name(product) for key, product in products.items() if product.parent_id is None}
    known = {_key(name.key, products[key]) for key, name in names.items() if name.says_variant}
    keys: dict[str, GroupKey] = {key: (product.parent_id,) for key, product in products.items()}
    for product_id, name in names.items():
        base = _key(name.base, products[product_id])
        keys[product_id] = base if base in known else _key(name.key, products[product_id])
    return keys


def _key(words: Key, product: Product) -> GroupKey:
    return (words, stated_brand(product), product.category) if words else None


def _grouped(keys: Mapping[str, GroupKey]) -> list[list[str]]:
    """The groups of two and more products with an equal key; those without a key are in no group."""
    groups: defaultdict[GroupKey, list[str]] = defaultdict(list)
    for product_id, key in keys.items():
        if key is not None:
            groups[key].append(product_id)
    return [group for group in groups.values() if len(group) > 1]
