"""The brand of a product: as the shop states it, or else as its name begins.

Shops that have no column for brands put them first: `TP-Link Nano AC600 USB Adapter`. A word counts as a
brand unless words.yaml says that it is none, or other names have it elsewhere, to describe a product.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from encore.contracts.records import Product
from encore.recommender.domain.words import word_set

MIN_LEADING = 0.5
"""The share of names with a brand's word that begin with it."""
MAX_WORDS = 3

_PREFIXES = re.compile(
    r"^(?:\s*(?:\([^)]*\)|\[[^\]]*\]|(?:pack|set|combo)\s+of\s+\w+|\d+[\s-]*pack\b|[^\w(\[]+))+",
    re.IGNORECASE,
)
"""`(Renewed)`, `[New]`, `Pack of 2`, and marks before the first word."""
_WORD = re.compile(r"[^\W_]+(?:[-+&.'\u2019][^\W_]+)*")
_END = re.compile(r"[,;:|()\[\]/]|\s[-\u2013\u2014]\s")
_NO_BRANDS = word_set("no brands", "colours", "letter sizes", "garments", "wearable")
_TITLES, _OF_OTHERS = word_set("titles"), word_set("of others")


class Brands:
    """The brands of a catalogue, each as its letters and digits in lower case: `tplink`, `amazonbasics`."""

    def __init__(self, products: Iterable[Product]) -> None:
        known = list(products)
        leading = {product.product_id: _leading_words(product.name) for product in known}
        self._stated = {brand for product in known if (brand := stated_brand(product))}
        self._leads = Counter(joined(own[0]) for own in leading.values() if own)
        self._pairs = Counter(joined("".join(own[:2])) for own in leading.values())
        self._holds = Counter(word for product in known for word in _own_words(product.name))
        self._brands = {
            product.product_id: stated_brand(product) or self._learned(leading[product.product_id])
            for product in known
        }

    def brand_of(self, product_id: str) -> str | None:
        """Return the product's brand, None if it is unknown."""
        return self._brands.get(product_id)

    def _learned(self, leading: Sequence[str]) -> str | None:
        """Return a known brand that a name begins with, or else the first word that may be one."""
        for count in range(len(leading), 0, -1):
            name = joined("".join(leading[:count]))
            if name in self._stated or (count > 1 and name in self._leads):
                return name
        if not leading or leading[0].casefold() in _NO_BRANDS:
            return None
        first, pair = joined(leading[0]), joined("".join(leading[:2]))
        if (len(first) == 1 and first.isalpha()) or leading[0].casefold().strip(".") in _TITLES:
            return pair  # the first word alone says little
        if first.isdecimal() or self._leads[first] >= MIN_LEADING * self._holds[first]:
            return None if first.isdecimal() else first
        is_brand = all(word.isupper() for word in leading[:2]) or self._pairs[pair] > 1
        return pair if is_brand and len(leading) > 1 else None


def joined(text: str) -> str:
    """Return the text's letters and digits in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))


def stated_brand(product: Product) -> str | None:
    """Return the brand that the shop states, None if it states none."""
    return joined(product.brand or "") or None


def _leading_words(name: str) -> list[str]:
    """The words that may be a brand: the first ones, up to a punctuation mark."""
    start = _END.split(_PREFIXES.sub("", name), maxsplit=1)[0]
    return [word.removesuffix("'s") for word in _WORD.findall(start)[:MAX_WORDS]]


def _own_words(name: str) -> set[str]:
    """The words of the part of a name that is about the product itself."""
    own = takewhile(lambda word: word.casefold() not in _OF_OTHERS, _WORD.findall(_PREFIXES.sub("", name)))
    return {joined(word) for word in own}
