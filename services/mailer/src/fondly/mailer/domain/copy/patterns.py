"""The pattern of a text: what is left of it without what is told of this product and this customer.

By it near-repetition shows: "Keep {1.name} at hand" of a cable and of a mug are distinct and still the same.
"""

import re
from functools import lru_cache

from fondly.mailer.domain.copy.phrases import STEM, stems
from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Rules, plain
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.slots import SLOT, attribute

FEATURE = "…"
_MASKED = re.compile(
    rf"(?P<slot>{SLOT.pattern})|(?P<quote>[\"“„][^\"“”„]*[\"”“])|(?P<figure>\d[\d.,]*)|(?P<word>[^\W\d_]{{4,}})"
)
_FEATURES = re.compile(rf"{FEATURE}(?:[\s,-]+(?:and |und )?{FEATURE})+")


def told_of(product: ProductFacts | None, wording: Wording | None) -> frozenset[str]:
    """Return how the words begin that name a product and its features, or are cited."""
    listed = _listed(product.entry.name, product.kind, product.entry.bullets) if product else frozenset()
    quoted = [stems(quote) for _, quote in wording.evidence] if wording else []
    return listed.union(*quoted) if quoted else listed


@lru_cache(maxsize=CACHED_TEXTS)
def _listed(name: str, kind: str, bullets: tuple[str, ...]) -> frozenset[str]:
    return stems(" ".join((name, kind, *bullets)))


@lru_cache(maxsize=CACHED_TEXTS)
def pattern(text: str, language: str, told: frozenset[str]) -> str:
    """Return a text with slots, quotes, figures, and words that are `told`, replaced by what they are.

    Common words of the language stay, whoever tells them; features in a row are one.
    """
    common = Rules.load(language).common

    def masked(found: re.Match[str]) -> str:
        if found["slot"]:
            return f"{{{attribute(found['slot'][1:-1])}}}"
        if word := found["word"]:
            said = plain(word)
            return FEATURE if said[:STEM] in told and said not in common else word
        return "#" if found["figure"] else f"“{FEATURE}”"

    return _FEATURES.sub(FEATURE, _MASKED.sub(masked, text))
