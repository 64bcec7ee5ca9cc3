"""The characters of copy: letters of its language, digits and plain punctuation.

Everything else could imitate what the rules refuse: letters of other scripts look like Latin ones, marks
strike letters through, and emoji such as 💯 are figures.
"""

import re
from collections.abc import Iterator
from functools import cache

from fondly.mailer.domain.slots import SLOT

PUNCTUATION = " .,;:!?'’\"“”‘„‚()/–—…&-"  # noqa: RUF001 - signs of copy
_LINK = re.compile(r"[^\W\d_]\.[^\W\d_]|//|\bwww\b|\bhttps?\b", re.IGNORECASE)
_DOTTED = re.compile(r"\.\w")
_BESIDE_SLOT = re.compile(r"[{}](?:(?<=[\w@#-]\{)|(?<=\})[\w{])")
"""Found far faster than what it may be part of."""
_TOUCHING = re.compile(r"[^\W_]\{|\}[^\W_]|\}\{|[@#_-]\{")


def odd_signs(text: str, letters: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (rule, what breaks it) for characters that copy must not have."""
    own_words = SLOT.sub(" ", text)
    if found := _others(letters).search(own_words):
        shown = found[0] if found[0].isprintable() else f"U+{ord(found[0]):04X}"
        yield "only letters, digits and plain punctuation; prices and shares only in slots", shown
    if _may_link(own_words.lower()) and (found := _LINK.search(own_words)):
        yield "no links", found[0]
    if _BESIDE_SLOT.search(text) and (found := _TOUCHING.search(text)):
        yield "a slot stands apart from the text around it", found[0]
    if not any(map(str.isalpha, text)):
        yield "say something", ""


def _may_link(words: str) -> bool:
    """Whether a text has something of a link: most have nothing, and to look for links takes long."""
    return "//" in words or "www" in words or "htt" in words or _DOTTED.search(words) is not None


@cache
def _others(letters: frozenset[str]) -> re.Pattern[str]:
    known = "".join(sorted(letters | {letter.upper() for letter in letters}))
    measured = r"(?<!\d[%°])(?<!\d %)(?<![a-z]²)"
    return re.compile(rf"[^0-9A-Za-z{known}{re.escape(PUNCTUATION)}]{measured}")
