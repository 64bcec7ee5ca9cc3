"""What a product is made for: a remote control for Samsung is of no use to the owner of a Sony.

Nor is a wall mount for televisions of 12 to 27 inches to the owner of one of 55.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from encore.contracts.records import Product
from encore.recommender.domain import words
from encore.recommender.domain.brands import Brands, joined
from encore.recommender.domain.taxonomy import Entries

MIN_PRODUCTS = 2
"""A brand counts as a maker of devices from this many products in the catalogue on."""
MAX_MAKERS = 2
"""A name that lists more makers means that the product fits anything."""
_WORD = re.compile(r"[^\W_]+")
_NUMBER = r"(\d+(?:\.\d+)?)"
_INCHES = r"\s*-?\s*(?:inch|zoll|\"|\u2033|\u201d)"
_SIZE = re.compile(_NUMBER + _INCHES, re.IGNORECASE)
_SIZES = re.compile(
    _NUMBER + rf"(?:{_INCHES}(?:es)?)?\s*(?:to|bis|-|\u2013)\s*" + _NUMBER + _INCHES, re.IGNORECASE
)

Range = tuple[float, float]


class Fits:
    """Knows which makers a product names after words such as "for" or "compatible with", and which sizes."""

    def __init__(self, products: Iterable[Product], brands: Brands) -> None:
        known = list(products)
        self._maker = {one.product_id: _maker(brands.brand_of(one.product_id)) for one in known}
        counts = Counter(maker for maker in self._maker.values() if maker)
        self._makers = {maker for maker, count in counts.items() if count >= MIN_PRODUCTS}
        self._consumables = Entries(words.CONSUMABLES)
        self._made_for = {one.product_id: self._named(one) for one in known}
        self._ranges = {one.product_id: found for one in known if (found := _range(one.name))}
        self._sizes = {one.product_id: _sizes(one.name) for one in known}

    def fits(self, product_id: str, owned_id: str) -> bool:
        """Return False if a product is made for other makers or sizes than an owned one is of.

        The owned one may be such a device, or made for it as well.
        """
        return self._fits_maker(product_id, owned_id) and self._fits_size(product_id, owned_id)

    def _fits_maker(self, product_id: str, owned_id: str) -> bool:
        makers = self._made_for.get(product_id)
        if not makers:
            return True
        return self._maker.get(owned_id) in makers or not makers.isdisjoint(self._made_for.get(owned_id, ()))

    def _fits_size(self, product_id: str, owned_id: str) -> bool:
        least, most = self._ranges.get(product_id, (0.0, math.inf))
        sizes = self._sizes.get(owned_id, ())
        return not sizes or any(least <= size <= most for size in sizes)

    def _named(self, product: Product) -> frozenset[str]:
        own = self._maker[product.product_id]
        makers = frozenset(self._mentioned(product.name, own=own))
        if own and self._consumables.best(product.category):
            makers |= {own}
        return makers if len(makers) <= MAX_MAKERS else frozenset()

    def _mentioned(self, name: str, *, own: str | None) -> Iterator[str]:
        """Yield the makers after a word such as "for", and those of product lines anywhere in the name.

        A product's own maker is among them only right after such a word: a remote control for Sony.
        """
        found = list(map(joined, _WORD.findall(name)))
        is_about_others = False
        for before, word, after in zip(("", *found), found, (*found[1:], ""), strict=False):
            is_about_others = is_about_others or word in words.NOT_OWN
            maker = self._maker_of(word, after, is_about_others=is_about_others)
            if maker and (maker != own or before in words.MADE_FOR):
                yield maker

    def _maker_of(self, word: str, after: str, *, is_about_others: bool) -> str | None:
        device = words.DEVICES.get(word) or words.DEVICES.get(word + after)
        if device and is_about_others:
            return device
        if word in words.LINES or (is_about_others and word in self._makers):
            return words.LINES.get(word, word)
        return None


def _range(name: str) -> Range | None:
    """Return the least and the greatest size in inches that a name says the product is for."""
    found = _SIZES.search(name)
    return (float(found[1]), float(found[2])) if found else None


def _sizes(name: str) -> tuple[float, ...]:
    """Return the sizes in inches that a name gives."""
    return tuple(map(float, _SIZE.findall(name)))


def _maker(brand: str | None) -> str | None:
    return words.LINES.get(brand, brand) if brand else None
