"""Closed lists of words that copy may not use, or may use only where the facts allow it. English."""

import re

from encore.mailer.domain.text import word_set

NUMBERS = word_set("""
zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands
million millions billion billions lakh lakhs crore crores dozen dozens half halves third thirds quarter
quarters double doubled triple tripled twice thrice fourfold fivefold tenfold couple pair decade decades
century centuries
""")

CURRENCIES = word_set("""
inr usd eur gbp jpy aud cad aed rs rupee rupees paise dollar dollars euro euros pound pounds sterling yen
buck bucks cent cents quid
""")

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


def phrases(text: str) -> re.Pattern[str]:
    """Compile comma-separated phrases, each a pattern in which a space is any gap, a hyphen too."""
    each = (re.sub(r"\s+", r"[\\s-]+", phrase.strip()) for phrase in text.split(","))
    return re.compile(rf"\b(?:{'|'.join(filter(None, each))})\b")


UNFOUNDED = {
    "price superlative": phrases("""
        cheap, cheaper, cheapest, lowest, (?:lower|best|lowest) (?:prices?|costs?|deals?|offers?|value),
        (?:prices?|costs?) (?:lower|lowest), best (?:possible|available|online|market) (?:price|deal),
        unbeatable, unmatched, rock bottom, bargains?, steal, never (?:been )?(?:cheaper|lower),
        all time low, price match, nowhere else,
        (?:biggest|greatest|largest|huge|massive) (?:savings?|discounts?|deals?|offers?|reductions?)
    """),
    "price claim": phrases("""
        (?<!-)free, complimentary, gratis, cashback, refund(?:s|ed|able)?, coupons?, vouchers?, no cost,
        emi, taxes, buy one
    """),
    "delivery claim": phrases("""
        delivery, delivered, shipping, ships, shipped, arrive, arrives, arriving, same day, next day,
        overnight
    """),
    "scarcity claim": phrases("""
        today only, only today, tonight, tomorrow, hurry, limited (?:time|offer|stock|edition),
        last chance, in stock, (?:selling|sold|run|running) (?:out|fast),
        while (?:stocks?|supplies) lasts?, few left, act (?:now|fast),
        (?:ends?|expires?) (?:soon|today|tonight), flash sale, last (?:pieces?|items?|units?), running low
    """),
    "guarantee": phrases("""
        guarantee[sd]?, warrant(?:y|ies|ed), risk free, money back, lifetime, certified, proven,
        award(?:s|ed)?, clinically, officially, genuine, authentic, endorsed, forever, never breaks
    """),
    "health claim": phrases("""
        cures?, heals?, therapy, therapeutic, medical, medically, doctors?, immunity, antibacterial,
        non toxic
    """),
    "universal claim": phrases(r"""
        (?:fits?|works?|compatible) (?:with )?(?:all|any|anything|every|everything)(?: \w+)?,
        indestructible, unbreakable, everyone, everybody, (?:best|top) sell(?:er|ers|ing), number one,
        world's, (?:most|top|best|highest) (?:popular|loved|rated|sold|reviewed)
    """),
}
"""Claims that no fact ever carries."""

REDUCED = phrases(r"""
    discount\w*, on sale, sale, deals?, reduced, reductions?, marked down, markdown, price (?:drop|cut),
    savings, (?:on|special|great) offer, half off
""")
"""Said only of a product whose price is reduced."""

PRAISED = phrases("""
    (?:highly|high|top|well|strongly|great) (?:rated|ratings?|reviewed|reviews),
    (?:loved|adored|praised|trusted) by, (?:glowing|rave|excellent|great|outstanding) (?:reviews|ratings)
""")
"""Said only of a product with a good rating."""
