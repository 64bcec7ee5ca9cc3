"""Claims about the customer or about other customers that no reason of an email supports.

What is known of a customer are the reasons of their picks. "You loved" is a lie to somebody who has written
only bad reviews, "popular" one of a product that nobody has rated. The lists are closed and English.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from re import Pattern

from encore.contracts.records import ReasonKind
from encore.mailer.domain.copy.unsupported_claims import phrases
from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.facts.reasons import LIKING, OWNING
from encore.mailer.domain.text import folded

_LIKE = r"(?:like|love|enjoy|prefer|adore)"
_LIKED = r"(?:liked|loved|enjoyed|preferred|adored|praised|appreciated)"
_BOUGHT = r"(?:bought|purchased|ordered)"
_OTHERS = r"(?:customers|shoppers|buyers|people|others|owners|users|reviewers|those)"


@dataclass(frozen=True)
class ReasonClaim:
    """What a claim is about, the kinds of reason of which one must be stated, and how the claim is worded."""

    subject: str
    kinds: frozenset[ReasonKind]
    wording: Pattern[str]
    of_several: bool = False
    """The claim is about customers in the plural, so one of them does not support it."""

    def supported_by(self, product: ProductFacts) -> bool:
        """True if the reason of the product, as the email states it, supports the claim."""
        enough = not self.of_several or (product.reason.customers or 0) > 1
        return enough and product.stated_reason.kind in self.kinds


CLAIMS = (
    ReasonClaim(
        "what the customer likes",
        LIKING,
        phrases(rf"""
            you(?:['’]ve| have)?(?: \w+)? {_LIKED}, (?:what|everything|all|things) you (?:\w+ )?{_LIKE},
            you (?:are|were|have been) (?:\w+ )?(?:happy|pleased|satisfied|delighted) with,
            you (?:already|always|clearly|obviously|often|usually|seem to|tend to) {_LIKE},
            (?:know|see|saw|noticed|remember) (?:that )?you {_LIKE},
            your (?:\w+ )?(?:tastes?|preferences|likes|fondness|love of|love for|interest in|kind of),
            your favou?rites, your (?:all time|current|earlier|existing|old|other|past|recent) favou?rites?,
            your (?:\w+ )?(?:good|great|happy|kind|positive|glowing) (?:reviews?|words|ratings?)
        """),  # noqa: RUF001 - the typographic apostrophe
    ),
    ReasonClaim(
        "customers of a similar taste",
        frozenset({ReasonKind.ALSO_LIKED}),
        phrases(rf"""
            {_OTHERS} like you(?:rself)?, {_OTHERS} with (?:a similar|similar|the same|your) tastes?,
            like minded, (?:similar|same|shared) tastes?, tastes? (?:\w+ )?(?:\w+ )?(?:like|as|to) yours,
            shar(?:e|es|ed|ing) your tastes?, also {_LIKED}, {_LIKED} by {_OTHERS}
        """),
        of_several=True,
    ),
    ReasonClaim(
        "what other customers buy",
        frozenset({ReasonKind.BOUGHT_TOGETHER}),
        phrases(rf"also {_BOUGHT}, {_BOUGHT} together, {_BOUGHT} by {_OTHERS}, {_OTHERS} who {_BOUGHT}"),
        of_several=True,
    ),
    ReasonClaim(
        "what the customer has",
        OWNING,
        phrases(rf"""
            (?:what|things|something|everything|products|those) (?:that )?you(?:['’]ve| have)?(?: already)?
                (?:have|own|{_BOUGHT}),
            your (?:earlier|last|latest|past|previous|recent) (?:purchases?|orders?|reviews?)
        """),  # noqa: RUF001 - the typographic apostrophe
    ),
    ReasonClaim(
        "popularity",
        frozenset({ReasonKind.POPULAR, ReasonKind.POPULAR_IN_CATEGORY}),
        phrases(rf"""
            popular, popularity, trending, in demand, (?:customer|shopper|buyer) favou?rites?,
            favou?rites? (?:of|with|among) (?:our |many )?{_OTHERS}
        """),
    ),
    ReasonClaim(
        "newness",
        frozenset({ReasonKind.NEW}),
        phrases(r"""
            new (?:arrivals?|releases?), (?:brand )?new (?:in|to) (?:our|the) (?:shop|store|range|catalogue),
            (?:newly|just) (?:added|arrived|landed|launched|released), latest (?:arrivals?|releases?)
        """),
    ),
    ReasonClaim(
        "a better rating",
        frozenset({ReasonKind.BETTER_RATED}),
        phrases(r"(?:better|higher) (?:rated|reviewed|ratings?), rate[ds] (?:better|higher)"),
    ),
)


def unsupported_reasons(text: str, products: Sequence[ProductFacts]) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each claim in slotless `text` that no reason of `products` supports."""
    words = folded(text)
    for claim in CLAIMS:
        found = claim.wording.search(words)
        if found and not any(map(claim.supported_by, products)):
            yield f"unsupported claim: no reason states {claim.subject}", found[0]
