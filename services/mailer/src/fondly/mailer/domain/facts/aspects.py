"""Which aspects that reviews speak of an email may name."""

from functools import lru_cache

from fondly.mailer.domain.language import Language
from fondly.mailer.domain.text import aspect_label

CACHED_ASPECTS = 4_096
NOT_OF_THE_PRODUCT = frozenset({
    *("customer service", "delivery", "installation", "packaging", "price", "refund", "return policy"),
    *("returns", "seller", "service", "shipping", "support", "value", "warranty"),
})  # fmt: skip
"""What reviews praise or blame about a purchase rather than a product, by the names of aspects."""


@lru_cache(maxsize=CACHED_ASPECTS)
def told_aspect(aspect: str, words: Language) -> str | None:
    """Return what an email calls an aspect; None if it is not the product's, or has no plain name."""
    label = _label(aspect)
    return words.aspect(label) if label else None


@lru_cache(maxsize=CACHED_ASPECTS)
def told_praise(aspect: str, words: Language) -> str | None:
    """Return what an email calls a praised aspect, such as `low noise`; None too for praised absence."""
    label = _label(aspect)
    return words.praise(label) if label else None


def _label(aspect: str) -> str | None:
    label = aspect_label(aspect)
    return label if label and label not in NOT_OF_THE_PRODUCT else None
