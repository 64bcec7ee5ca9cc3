"""Soft claims that are true of some products only: the facts of the line's own product must carry them.

The words are a closed list: what it does not name can still slip through, so the writer is asked to describe
a product with the shop's own words only.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from mailer.domain.facts import ProductFacts

WELL_RATED = Decimal(4)
PROPERTIES = frozenset(
    """
    aluminium aluminum bamboo brass bronze canvas ceramic chrome copper cotton denim fabric glass gold golden
    graphite iron leather linen marble mesh metal metallic microfiber microfibre nylon plastic polyester porcelain
    rubber satin silicone silk silver stainless steel titanium velvet wood wooden wool woollen
    beige black blue brown burgundy cream crimson cyan green grey gray ivory magenta maroon navy orange pink
    purple red rose teal turquoise violet white yellow
    ergonomic fireproof foldable hypoallergenic noiseless organic rechargeable recyclable recycled rustproof
    scratchproof shatterproof shockproof silent solar sustainable vegan waterproof water-resistant weatherproof
    wireless bluetooth cordless dishwasher-safe eco-friendly energy-efficient energy-saving heatproof
    leakproof leak-proof noise-cancelling noise-canceling non-stick nonstick orthopaedic orthopedic
    child-safe handmade imported indian american japanese german italian swiss
    """.split()
)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_REDUCED = re.compile(
    r"\b(?:discount\w*|on\s+sale|sale|deals?|reduced|reductions?|marked\s+down|markdown|price\s+(?:drop|cut)|savings?|"
    r"(?:on|special|great)\s+offer|half\s+off)\b",
    re.IGNORECASE,
)
_PRAISED = re.compile(
    r"\b(?:high(?:ly)?|top|well|best|strong(?:ly)?|great)[\s-]+(?:rated|rating|ratings|reviewed|reviews)\b|"
    r"\b(?:loved|adored|praised|trusted)\s+by\b|\b(?:glowing|rave|excellent|great|outstanding)\s+(?:reviews|ratings)\b",
    re.IGNORECASE,
)


def unsupported(text: str, product: ProductFacts) -> Iterator[tuple[str, str]]:
    """Yield (kind, words) for each claim of `text`, without its slots, that the product's facts don't carry."""
    if (found := _REDUCED.search(text)) and not product.values.keys() & {"saving", "discount"}:
        yield "unsupported discount", found[0]
    if (found := _PRAISED.search(text)) and (product.product.rating or 0) < WELL_RATED:
        yield "unsupported praise", found[0]
    for word in sorted(_properties(text) - product.vocabulary):
        yield "unsupported property", word


def unsupported_by_all(text: str, products: Iterable[ProductFacts]) -> Iterator[tuple[str, str]]:
    """Yield what `unsupported` finds for every product: such a claim is true of none of them."""
    broken = [set(unsupported(text, product)) for product in products]
    yield from sorted(set.intersection(*broken))


def _properties(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) & PROPERTIES
