"""What a catalogue's own facts say about which products are variants of one another."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from encore.contracts.records import Product
from encore.recommender.domain.brands import stated_brand
from encore.recommender.domain.families.alike import alike
from encore.recommender.domain.families.groups import united
from encore.recommender.domain.families.variants import variant_key
from encore.recommender.domain.names import tokens

MIN_NAME_COSINE = 0.8
MAX_NAMES = 4
"""By how many of its names a group of variants is compared with other products."""

Pair = tuple[str, str, float]
"""Two products, and how close they are: up to 1."""


class Evidence:
    """The groups of variants of a catalogue, and the pairs of products that only resemble each other."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._products = products
        self._words = {product_id: tokens(product.name) for product_id, product in products.items()}
        self._variants = _grouped({key: _variant_of(product) for key, product in products.items()})
        self._group = united(self.variants())

    def variants(self) -> Iterator[list[str]]:
        """Yield groups of variants: by parent, by the name without sizes and colours, and of the same name."""
        yield from self._variants
        yield from _grouped({key: self._name_of(key) for key in self._products})

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

    def _name_of(self, product_id: str) -> Hashable:
        words, product = self._words[product_id], self._products[product_id]
        return words and (frozenset(words.items()), stated_brand(product), product.parent_id)


def _variant_of(product: Product) -> Hashable:
    """Equal for variants; None if nothing is known."""
    if product.parent_id is not None:
        return product.parent_id
    key = variant_key(product)
    return key and (key, stated_brand(product), product.category)


def _grouped(keys: Mapping[str, Hashable]) -> list[list[str]]:
    """The groups of two and more products with an equal key, which counts if it is true."""
    groups: defaultdict[Hashable, list[str]] = defaultdict(list)
    for product_id, key in keys.items():
        if key:
            groups[key].append(product_id)
    return [group for group in groups.values() if len(group) > 1]
