"""Which aspects that reviews speak of an email may name."""

from encore.mailer.domain.language import Language
from encore.mailer.domain.text import aspect_label

NOT_OF_THE_PRODUCT = frozenset({
    *("customer service", "delivery", "installation", "packaging", "price", "refund", "return policy"),
    *("seller", "service", "shipping", "support", "value", "warranty"),
})  # fmt: skip
"""What reviews praise or blame about a purchase rather than a product, by the names of aspects."""


def told_aspect(aspect: str, words: Language) -> str | None:
    """Return what an email calls an aspect.

    None for what is not a few plain words, is not the product's, or has no name in the language.
    """
    label = aspect_label(aspect)
    return words.aspect(label) if label and label not in NOT_OF_THE_PRODUCT else None
