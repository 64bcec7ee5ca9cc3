"""Which aspects of a product an email may name.

Aspects are found in reviews by code that errs at times. The strap of a cable or the picture quality of a
speaker would make a fool of the shop, so an aspect counts only if the catalogue entry or the kind of the
product has its words, or if every product has it.
"""

from encore.mailer.domain.facts.vouched import Vouched
from encore.mailer.domain.language import Language
from encore.mailer.domain.text import aspect_label
from encore.mailer.domain.words.lists import WordLists

OF_ANY_PRODUCT = frozenset({
    *("build quality", "comfort", "design", "durability", "ease of use", "look", "looks", "performance"),
    *("quality", "size", "weight"),
})  # fmt: skip
"""By the names that reviews' aspects have."""


def told_aspect(aspect: str, vouched: Vouched, words: Language) -> str | None:
    """Return what an email calls an aspect of the product that `vouched` is of; None if it must not."""
    label = aspect_label(aspect)
    told = words.aspect(label) if label else None
    if told is None or label in OF_ANY_PRODUCT:
        return told
    stem = WordLists.load(words.code).endings.stem
    return told if all(stem(word) in vouched.stems for word in told.casefold().split()) else None
