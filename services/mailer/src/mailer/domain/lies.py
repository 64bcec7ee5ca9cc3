"""What the writer may not write out itself: figures, money, links, markup, and claims the facts don't hold.

Facts stand in slots, so everything here is refused wherever it appears in the writer's own words. The text
is folded first (NFKC), so full-width or mathematical letters and digits are the letters and digits they mimic.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from mailer.domain.text import JOINER, is_printable

NUMBER_WORDS = (
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million millions billion billions lakh lakhs crore crores dozen dozens half halves third thirds quarter "
    "quarters double doubled triple tripled twice thrice fourfold fivefold tenfold"
)
CURRENCY_WORDS = (
    "inr usd eur gbp jpy aud cad aed rs rupee rupees paise dollar dollars euro euros pound pounds "
    "sterling yen buck bucks cent cents quid"
)
PERCENT_WORDS = r"percent|per\s+cent|percentage|pct"
PHRASES = {
    "price superlative": (
        r"cheap(?:er|est)?|low(?:er|est)[\s-]+(?:\w+\s+)?(?:price|cost)s?|(?:price|cost)s?\s+(?:\w+\s+)?(?:lower|lowest)|"
        r"best[\s-]+(?:\w+\s+)?(?:price|deal|offer|value|bargain)s?|(?:unbeatable|unmatched|rock[\s-]+bottom)|"
        r"bargain(?:s)?|steal|lowest|never\s+(?:been\s+)?(?:cheaper|lower)|all[\s-]+time\s+low|price\s+match|"
        r"nowhere\s+else|(?:biggest|greatest|largest)\s+(?:saving|discount|deal|offer|reduction)s?"
    ),
    "price claim": r"free|complimentary|gratis|gift|cashback|refund(?:s|ed|able)?|coupon|voucher|no\s+cost|emi|tax",
    "delivery claim": (
        r"deliver(?:y|ed)|shipping|ships|shipped|arriv(?:e|es|ing)|same[\s-]+day|next[\s-]+day|overnight"
    ),
    "scarcity claim": (
        r"today\s+only|only\s+today|tonight|tomorrow|hurry|limited[\s-]+(?:time|offer|stock|edition)|last\s+chance|"
        r"(?:selling|sold|run(?:ning)?)\s+(?:out|fast)|in\s+stock|while\s+(?:stocks?|supplies)\s+last|"
        r"(?:ends?|expires?)\s+(?:soon|today|tonight)|few\s+left|act\s+(?:now|fast)|flash\s+sale"
    ),
    "guarantee": (
        r"guarante(?:e|es|ed)|warrant(?:y|ies|ed)|risk[\s-]+free|money[\s-]+back|lifetime|certified|"
        r"proven|award(?:s|ed)?|clinically|official(?:ly)?|genuine|authentic|original"
    ),
    "health claim": r"cures?|heals?|therap(?:y|eutic)|medical(?:ly)?|doctors?|immunity|antibacterial|non[\s-]?toxic",
    "universal claim": (
        r"(?:fits?|works?|compatible)\s+(?:with\s+)?(?:all|any|every)\w*|indestructible|unbreakable|"
        r"everyone|everybody|best[\s-]?sell(?:er|ers|ing)|number\s+one|world'?s|(?:most|top|best|highest)[\s-]+"
        r"(?:popular|loved|rated|sold|reviewed)"
    ),
}
MARKUP = frozenset("<>*_`#[]\\|~^=+$@{}")
TELLING_SYMBOLS = ("DIGIT", "NUMBER", "KEYCAP", "HUNDRED", "DOLLAR", "EURO", "POUND", "YEN", "RUPEE", "MONEY", "BANKNOTE")
EMOJI_STYLE = "\ufe0f"

_HARMLESS = re.compile(r"[A-Za-z ,.;:!?'\"()/&%-]*")
_WORDS = {
    "number word": re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS.split())})\b", re.IGNORECASE),
    "currency": re.compile(rf"\b(?:{'|'.join(CURRENCY_WORDS.split())})\b", re.IGNORECASE),
    "percent": re.compile(rf"[%‰‱٪]|\b(?:{PERCENT_WORDS})\b", re.IGNORECASE),
    "link": re.compile(r"https?\b|\bwww\b|://|[^\W\d_]{2,}\.[^\W\d_]{2,}|\bdot\s+com\b", re.IGNORECASE),
    "markup": re.compile(r"&#?\w+;"),
    **{
        kind: re.compile(rf"\b(?:{phrases})\b", re.IGNORECASE)
        for kind, phrases in PHRASES.items()
    },
}


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, offending words) for everything refused in `text`, whose slots were taken out."""
    folded = unicodedata.normalize("NFKC", text)
    for kind, pattern in _WORDS.items():
        if found := pattern.search(folded):
            yield kind, found[0]
    if not _HARMLESS.fullmatch(folded):
        yield from _characters(folded)


def _characters(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first character of each refused kind."""
    seen: set[str] = set()
    for char in text:
        kind = _kind(char)
        if kind and kind not in seen:
            seen.add(kind)
            yield kind, char if char.isprintable() else f"U+{ord(char):04X}"


@lru_cache(maxsize=4_096)
def _kind(char: str) -> str | None:
    """Name the rule that a single character breaks, if it breaks one."""
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if unicodedata.numeric(char, None) is not None:
        return "digit"
    if category == "Sc":
        return "currency"
    if char in MARKUP:
        return "markup"
    if char == JOINER or not is_printable(char):
        return "control character"
    if category.startswith("L") and not name.startswith("LATIN"):
        return "foreign letter"  # a look-alike of another script would pass every list of words
    if category.startswith("M") and char != EMOJI_STYLE:
        return "combining mark"  # so would a word with strokes through its letters
    if category == "So" and any(word in name for word in TELLING_SYMBOLS):
        return "telling symbol"  # 💯 and 💲 are figures and money too
    return None
