"""Soft claims that are true of some products only: the facts of the product spoken of must carry them.

The lists are closed: what they do not name can still slip through, so the writer is asked to describe a
product with the shop's own words only.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from mailer.domain.facts import ProductFacts
from mailer.domain.lexicon import PRAISED, PROPERTIES, REDUCED

WELL_RATED = Decimal(4)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def unsupported(text: str, product: ProductFacts) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each claim in slotless `text` that the product's facts don't carry."""
    folded = text.casefold()
    if (found := REDUCED.search(folded)) and product.values.keys().isdisjoint({"saving", "discount"}):
        yield "price is not reduced", found[0]
    if (found := PRAISED.search(folded)) and (product.product.rating or 0) < WELL_RATED:
        yield "rating is not that good", found[0]
    for word in sorted((PROPERTIES & set(_WORD.findall(folded))) - product.vocabulary):
        yield "the shop does not say so", word


def unsupported_by_all(text: str, products: Iterable[ProductFacts]) -> Iterator[tuple[str, str]]:
    """Yield what `unsupported` finds for every product: such a claim is true of none of them."""
    broken = [set(unsupported(text, product)) for product in products]
    yield from sorted(set.intersection(*broken))
