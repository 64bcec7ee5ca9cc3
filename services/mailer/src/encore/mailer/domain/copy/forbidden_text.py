"""What copy never contains in the writer's own words: figures, money, links, markup, odd characters.

Facts go in slots, so all of this is refused wherever it appears. The text is folded first (NFKC): full-width
or mathematical characters count as the ones they imitate.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from encore.mailer.domain.text import JOINER, folded, is_printable, word_set

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

MARKUP = frozenset("<>*_`#[]\\|~^=+$@{}")
EMOJI_STYLE = "\ufe0f"
FIGURE_OR_MONEY = re.compile(
    r"\b(?:DIGIT|NUMBER|NUMBERS|KEYCAP|HUNDRED|DOLLAR|EURO|POUND|YEN|RUPEE|MONEY|BANKNOTE)\b"
)
CACHED_CHARS = 4_096

_PATTERNS = {
    "percentage outside a slot": re.compile(r"[%‰‱٪]|\b(?:percent|per\s+cent|percentage|pct)\b"),
    "link": re.compile(r"https?\b|\bwww\b|://|[^\W\d_]{2,}\.[^\W\d_]{2,}|\bdot\b"),
    "markup": re.compile(r"&#?\w+;"),
}
_WORD = re.compile(r"[a-z]+")
_HARMLESS = re.compile(r"[a-z ,.;:!?'\"()/&%-]*")


def forbidden_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, offending words) for everything forbidden in slotless `text`."""
    whole = folded(text)
    words = frozenset(_WORD.findall(whole))
    for rule, refused in (("number word outside a slot", NUMBERS), ("currency outside a slot", CURRENCIES)):
        if not refused.isdisjoint(words):
            yield rule, min(refused & words)
    for rule, pattern in _PATTERNS.items():
        if found := pattern.search(whole):
            yield rule, found[0]
    if not (text.isascii() and _HARMLESS.fullmatch(whole)):
        yield from _characters(text + whole)


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
    """Return the first rule that a character breaks.

    Letters of other scripts can look like Latin ones, and marks can strike letters through: no list of words
    would match them. Emoji such as 💯 and 💲 are figures and money too.
    """
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    rules = {
        "digit outside a slot": unicodedata.numeric(char, None) is not None,
        "currency outside a slot": category == "Sc",
        "markup": char in MARKUP,
        "control character": char == JOINER or not is_printable(char),
        "non-Latin letter": category.startswith("L") and not name.startswith("LATIN"),
        "combining mark": category.startswith("M") and char != EMOJI_STYLE,
        "symbol of a figure or of money": category.startswith("S") and bool(FIGURE_OR_MONEY.search(name)),
    }
    return next((rule for rule, broken in rules.items() if broken), None)
