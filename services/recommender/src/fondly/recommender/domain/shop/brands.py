"""The brand of a product: as the shop states it, or else as its name begins, unless words.yaml denies it."""

import re
from collections.abc import Collection, Container, Sequence

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.tables import word_set

MAX_WORDS = 3

_PREFIXES = re.compile(
    r"^(?:\s*(?:\([^)]*\)|\[[^\]]*\]|(?:pack|set|combo)\s+of\s+\w+|\d+[\s-]*pack\b|[^\w(\[]+))+",
    re.IGNORECASE,
)
"""`(Renewed)`, `[New]`, `Pack of 2`, and marks before the first word."""
_WORD = re.compile(r"[^\W_]+(?:[-+&.'\u2019][^\W_]+)*")
_END = re.compile(r"[,;:|()\[\]/]|\s[-\u2013\u2014]\s")
_NO_BRANDS = word_set("no brands", "colours", "letter sizes", "garments", "wearable")


def brands_of(products: Collection[Product]) -> dict[str, str | None]:
    """Return the products' brands by id, each as its letters and digits in lower case: `tplink`."""
    leading = {product.product_id: _leading_words(product.name) for product in products}
    known = {joined(own[0]) for own in leading.values() if own} | set(map(stated_brand, products))
    return {
        product.product_id: stated_brand(product) or _learned(leading[product.product_id], known)
        for product in products
    }


def _learned(leading: Sequence[str], known: Container[str | None]) -> str | None:
    """Return the longest known brand that a name begins with, or else a first word that may be one."""
    for count in range(len(leading), 1, -1):
        if (name := joined("".join(leading[:count]))) in known:
            return name
    may_be_one = leading and leading[0].casefold() not in _NO_BRANDS and not leading[0].isdecimal()
    return joined(leading[0]) if may_be_one else None


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
