"""Soft claims that are true of some products only: the facts of the product spoken of must carry them.

The lists are closed: what they do not name can still slip through, so the writer is asked to describe a
product with the shop's own words only.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from encore.mailer.domain.copy.lexicon import PRAISED, PROPERTIES, REDUCED
from encore.mailer.domain.facts.facts import ProductFacts

WELL_RATED = Decimal(4)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def unsupported(text: str, products: Sequence[ProductFacts]) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each claim in slotless `text` that the facts of none of `products` carry."""
    folded = text.casefold()
    if (found := REDUCED.search(folded)) and not any(map(_is_reduced, products)):
        yield "price is not reduced", found[0]
    if (found := PRAISED.search(folded)) and not any(map(_is_well_rated, products)):
        yield "rating is not that good", found[0]
    for word in sorted(PROPERTIES.intersection(_WORD.findall(folded))):
        if not any(word in product.vocabulary for product in products):
            yield "the shop does not say so", word


def _is_reduced(product: ProductFacts) -> bool:
    return not product.values.keys().isdisjoint({"saving", "discount"})


def _is_well_rated(product: ProductFacts) -> bool:
    return (product.product.rating or 0) >= WELL_RATED
