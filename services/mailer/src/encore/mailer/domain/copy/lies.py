"""What the writer may not write out itself: figures, money, links, markup, and claims that no fact carries.

Facts stand in slots, so all of this is refused wherever it appears in the writer's own words. The text is
folded first (NFKC): full-width or mathematical characters count as the ones they mimic.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from encore.mailer.domain.copy.lexicon import CURRENCIES, NUMBERS, UNFOUNDED
from encore.mailer.domain.text import JOINER, is_printable

MARKUP = frozenset("<>*_`#[]\\|~^=+$@{}")
EMOJI_STYLE = "\ufe0f"
TELLING_SYMBOL = re.compile(
    r"\b(?:DIGIT|NUMBER|NUMBERS|KEYCAP|HUNDRED|DOLLAR|EURO|POUND|YEN|RUPEE|MONEY|BANKNOTE)\b"
)
CACHED_CHARS = 4_096

_PATTERNS = {
    "percent": re.compile(r"[%‰‱٪]|\b(?:percent|per\s+cent|percentage|pct)\b"),
    "link": re.compile(r"https?\b|\bwww\b|://|[^\W\d_]{2,}\.[^\W\d_]{2,}|\bdot\b"),
    "markup": re.compile(r"&#?\w+;"),
    **UNFOUNDED,
}
_WORD = re.compile(r"[a-z]+")
_HARMLESS = re.compile(r"[a-z ,.;:!?'\"()/&%-]*")


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, offending words) for everything refused in `text`, whose slots were taken out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = frozenset(_WORD.findall(folded))
    for rule, refused in (("number word", NUMBERS), ("currency", CURRENCIES)):
        if not refused.isdisjoint(words):
            yield rule, min(refused & words)
    for rule, pattern in _PATTERNS.items():
        if found := pattern.search(folded):
            yield rule, found[0]
    if not (text.isascii() and _HARMLESS.fullmatch(folded)):
        yield from _characters(text + folded)


def _characters(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first character that breaks each rule."""
    seen: set[str] = set()
    for char in text:
        rule = _broken_by(char)
        if rule and rule not in seen:
            seen.add(rule)
            yield rule, char if char.isprintable() else f"U+{ord(char):04X}"


@lru_cache(maxsize=CACHED_CHARS)
def _broken_by(char: str) -> str | None:
    """Name the first rule that a character breaks.

    Letters of other scripts, and marks that strike through letters, would pass every list of words as
    look-alikes; emoji such as 💯 and 💲 are figures and money too.
    """
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    rules = {
        "digit": unicodedata.numeric(char, None) is not None,
        "currency": category == "Sc",
        "markup": char in MARKUP,
        "control character": char == JOINER or not is_printable(char),
        "letter of another script": category.startswith("L") and not name.startswith("LATIN"),
        "combining mark": category.startswith("M") and char != EMOJI_STYLE,
        "telling symbol": category.startswith("S") and TELLING_SYMBOL.search(name) is not None,
    }
    return next((rule for rule, broken in rules.items() if broken), None)
