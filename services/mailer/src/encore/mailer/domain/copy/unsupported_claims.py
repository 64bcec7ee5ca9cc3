"""Claims in an email's copy that its facts do not support.

Some claims no fact ever supports; others are true of some products only, so the facts of the product that
the text is about must support them. The lists are closed and English. What they do not name can slip through,
so the writer is asked to describe a product in the shop's own words only.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.text import folded, word_set

WELL_RATED = Decimal(4)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def phrases(text: str) -> re.Pattern[str]:
    """Compile comma-separated regular expressions, in which a space matches any gap or hyphen."""
    each = (re.sub(r"\s+", r"[\\s-]+", phrase.strip()) for phrase in text.split(","))
    return re.compile(rf"\b(?:{'|'.join(filter(None, each))})\b")


NEVER_SUPPORTED = {
    "lowest price": phrases("""
        cheap, cheaper, cheapest, lowest, (?:lower|best|lowest) (?:prices?|costs?|deals?|offers?|value),
        (?:prices?|costs?) (?:lower|lowest), best (?:possible|available|online|market) (?:price|deal),
        unbeatable, unmatched, rock bottom, bargains?, steal, never (?:been )?(?:cheaper|lower),
        all time low, price match, nowhere else,
        (?:biggest|greatest|largest|huge|massive) (?:savings?|discounts?|deals?|offers?|reductions?)
    """),
    "price terms": phrases("""
        (?<!-)free, complimentary, gratis, cashback, refund(?:s|ed|able)?, coupons?, vouchers?, no cost,
        emi, taxes, buy one
    """),
    "delivery": phrases("""
        delivery, delivered, shipping, ships, shipped, arrive, arrives, arriving, same day, next day,
        overnight
    """),
    "scarcity or urgency": phrases("""
        today only, only today, tonight, tomorrow, hurry, limited (?:time|offer|stock|edition),
        last chance, in stock, (?:selling|sold|run|running) (?:out|fast),
        while (?:stocks?|supplies) lasts?, few left, act (?:now|fast),
        (?:ends?|expires?) (?:soon|today|tonight), flash sale, last (?:pieces?|items?|units?), running low
    """),
    "guarantee or proof": phrases("""
        guarantee[sd]?, warrant(?:y|ies|ed), risk free, money back, lifetime, certified, proven,
        award(?:s|ed)?, clinically, officially, genuine, authentic, endorsed, forever, never breaks
    """),
    "health": phrases("""
        cures?, heals?, therapy, therapeutic, medical, medically, doctors?, immunity, antibacterial,
        non toxic
    """),
    "universal or most popular": phrases(r"""
        (?:fits?|works?|compatible) (?:with )?(?:all|any|anything|every|everything)(?: \w+)?,
        indestructible, unbreakable, everyone, everybody, (?:best|top) sell(?:er|ers|ing), number one,
        world's, (?:crowd|fan) favou?rites?, (?:most|top|best|highest) (?:popular|loved|rated|sold|reviewed)
    """),
}
"""Claims that no fact ever supports, by subject."""

PRICE_REDUCTION = phrases(r"""
    discount\w*, on sale, sale, deals?, reduced, reductions?, marked down, markdown, price (?:drop|cut),
    savings, (?:on|special|great) offer, half off
""")
"""Said only of a product whose price is reduced."""

PRAISE = phrases("""
    (?:highly|high|top|well|strongly|great) (?:rated|ratings?|reviewed|reviews),
    (?:loved|adored|praised|trusted) by, (?:glowing|rave|excellent|great|outstanding) (?:reviews|ratings)
""")
"""Said only of a well-rated product."""

PROPERTIES = word_set("""
aluminium aluminum bamboo brass bronze canvas ceramic chrome copper cotton denim fabric glass gold golden
graphite iron leather linen marble mesh metal metallic microfiber microfibre nylon plastic polyester
porcelain rubber satin silicone silk silver stainless steel titanium velvet wood wooden wool woollen
beige black blue brown burgundy crimson cyan green grey gray ivory magenta maroon navy orange pink purple
red rose teal turquoise violet white yellow
ergonomic fireproof foldable handmade heatproof hypoallergenic imported noiseless organic rechargeable
recyclable recycled rustproof scratchproof shatterproof shockproof silent solar sustainable vegan
waterproof weatherproof wireless bluetooth cordless nonstick orthopaedic orthopedic leakproof leak-proof
non-stick water-resistant child-safe dishwasher-safe eco-friendly energy-efficient energy-saving
noise-cancelling noise-canceling resistant
american german indian italian japanese swiss
""")
"""Materials, colours, properties and origins: said of a product only in words that the shop uses for it."""


def unsupported_claims(text: str, products: Sequence[ProductFacts]) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each claim in slotless `text` that the facts of none of `products` support."""
    yield from never_supported(text)
    words = folded(text)
    if (found := PRICE_REDUCTION.search(words)) and not any(map(_is_reduced, products)):
        yield "unsupported claim: the price is not reduced", found[0]
    if (found := PRAISE.search(words)) and not any(map(_is_well_rated, products)):
        yield f"unsupported claim: the rating is below {WELL_RATED}", found[0]
    for word in sorted(PROPERTIES.intersection(_WORD.findall(words))):
        if not any(word in product.vocabulary for product in products):
            yield "unsupported claim: not in the catalogue", word


def never_supported(text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each claim in slotless `text` that no product's facts can support."""
    words = folded(text)
    for subject, pattern in NEVER_SUPPORTED.items():
        if found := pattern.search(words):
            yield f"unsupported claim: {subject}", found[0]


def _is_reduced(product: ProductFacts) -> bool:
    return not product.values.keys().isdisjoint({"saving", "discount"})


def _is_well_rated(product: ProductFacts) -> bool:
    return (product.entry.rating or 0) >= WELL_RATED
