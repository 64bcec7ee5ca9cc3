"""Whose devices a product is made for: a remote control for Samsung is of no use to the owner of a Sony."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from encore.contracts.records import Product
from encore.recommender.domain import words
from encore.recommender.domain.brands import Brands, joined

MIN_PRODUCTS = 2
"""A brand counts as a maker of devices from this many products in the catalogue on."""
MAX_MAKERS = 2
"""A name that lists more makers means that the product fits anything."""
_WORD = re.compile(r"[^\W_]+")


class Fits:
    """Knows which makers a product names after words such as "for" or "compatible with"."""

    def __init__(self, products: Iterable[Product], brands: Brands) -> None:
        known = list(products)
        self._maker = {one.product_id: _maker(brands.brand_of(one.product_id)) for one in known}
        counts = Counter(maker for maker in self._maker.values() if maker)
        self._makers = {maker for maker, count in counts.items() if count >= MIN_PRODUCTS}
        self._made_for = {one.product_id: self._named(one) for one in known}

    def fits(self, product_id: str, owned_id: str) -> bool:
        """Return False if a product is made for other makers' devices than an owned one is, or is made by."""
        makers = self._made_for.get(product_id)
        if not makers:
            return True
        return self._maker.get(owned_id) in makers or not makers.isdisjoint(self._made_for.get(owned_id, ()))

    def _named(self, product: Product) -> frozenset[str]:
        own = self._maker[product.product_id]
        makers = frozenset(maker for maker in self._mentioned(product.name) if maker != own)
        return makers if len(makers) <= MAX_MAKERS else frozenset()

    def _mentioned(self, name: str) -> Iterator[str]:
        """Yield the makers after a word such as "for", and those of product lines anywhere in the name."""
        is_about_others = False
        for word in map(joined, _WORD.findall(name)):
            is_about_others = is_about_others or word in words.NOT_OWN
            if word in words.LINES or (is_about_others and word in self._makers):
                yield words.LINES.get(word, word)


def _maker(brand: str | None) -> str | None:
    return words.LINES.get(brand, brand) if brand else None
