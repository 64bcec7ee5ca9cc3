"""Makes text of the catalogue and of customers safe to show, to quote and to put into a prompt."""

import re
import unicodedata
from functools import lru_cache

UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
JOINER = "\u200d"
"""Joins emoji such as families, and letters of several scripts: the only format character that is kept."""

_ACRONYM_END = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])")
_WORD_END = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINED_WORD = re.compile(r"(?<=[A-Z])(to|and|for|with)(?=[A-Z])")
_AMPERSAND = re.compile(r"\s*&\s*")
_COMMA = re.compile(r"\s*,\s*")
_NAME_END = re.compile(r"\s*(?:[,|(\[;:]|\s[-–—]\s|/\s|\s(?:with|for|compatible)\s)", re.IGNORECASE)  # noqa: RUF001 - dashes of the catalogue
_TRAILING = re.compile(r"(?:[\s\-–—&+/,]|\b(?:and|with|for|in|of|to|the|a)\s*)+$", re.IGNORECASE)  # noqa: RUF001 - dashes of the catalogue
_BRACKETED = re.compile(r"[(\[{【]([^)\]}】]*)(?:[)\]}】]|$)")
_OPEN_BRACKET = re.compile(r"[(\[{【][^)\]}】]*$")
_ASPECT = re.compile(r"\w[\w'&/ -]*")
_SENTENCE_END = ".!?;:"
SHORT_NAME_CHARS = 60
MIN_NAME_CHARS = 12
EARLY_CHARS = 24
"""Words before a bracket of up to this length, such as a brand and a size, are seldom a name yet."""
MAX_CATEGORY_CHARS = 80
MAX_ASPECT_CHARS = 40
CACHED_NAMES = 4_096


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as text."""
    return frozenset(text.split())


def folded(text: str) -> str:
    """Return `text` for comparison with word lists: in lower case, compatible characters unified (NFKC)."""
    return unicodedata.normalize("NFKC", text).casefold()


def is_printable(char: str) -> bool:
    """True for a character that may be shown: no control, bidirectional mark, surrogate or private use."""
    return char == JOINER or unicodedata.category(char) not in UNPRINTABLE


def clean(text: str, *, max_chars: int) -> str:
    """Return `text` on one line, without unprintable characters, cut at a word end to `max_chars`."""
    printable = text if text.isprintable() else "".join(c if is_printable(c) else " " for c in text)
    return cut(" ".join(printable.split()), max_chars=max_chars)


def cut(text: str, *, max_chars: int) -> str:
    """Return the longest start of `text` of at most `max_chars` that ends with a whole word."""
    if len(text) <= max_chars:
        return text
    whole_words = text[: max_chars + 1].rpartition(" ")[0]
    return (whole_words or text[:max_chars]).rstrip()


def short_name(name: str) -> str:
    """Return the start of a catalogue name that reads well within a sentence.

    Catalogue names list specifications after a comma, a bar, a bracket or "with"; the words before these name
    the product. The result is always a prefix of the cleaned name.
    """
    full = clean(name, max_chars=len(name))
    end = next((found.start() for found in _NAME_END.finditer(full) if found.start() >= MIN_NAME_CHARS), None)
    short = cut(full[:end], max_chars=SHORT_NAME_CHARS)
    closed = _TRAILING.sub("", _OPEN_BRACKET.sub("", short))
    return closed if " " in closed else _TRAILING.sub("", short) or short


@lru_cache(maxsize=CACHED_NAMES)
def spoken_name(name: str) -> str:
    """Return what a person calls a product that they have; empty if nothing of the name can be read.

    Unlike the short name it may skip brackets: "Vanta 80 cm (32 inches) LED TV" is a "Vanta 80 cm LED TV".
    """
    spoken = short_name(_without_early_brackets(clean(name, max_chars=len(name)))).rstrip(_SENTENCE_END)
    return spoken if has_words(spoken) else ""


def _without_early_brackets(name: str) -> str:
    """Leave out brackets within the first words; what a name still needs follows them or stands in them."""
    found = _BRACKETED.search(name)
    if found is None or found.start() >= EARLY_CHARS:
        return name
    start, rest = name[: found.start()].rstrip(), name[found.end() :].strip()
    if " " in start and (not rest or _NAME_END.match(f" {rest}")):
        return start
    return f"{start} {rest or found[1]}".strip()


def aspect_label(aspect: str) -> str | None:
    """Return an aspect such as "battery life" as it is shown; None for what is not a few plain words.

    Aspects come from reviews, which are untrusted: no aspect is an address or a sentence.
    """
    label = clean(aspect, max_chars=len(aspect))
    return label if len(label) <= MAX_ASPECT_CHARS and _ASPECT.fullmatch(label) else None


def has_words(text: str) -> bool:
    """True if `text` has a letter or a digit of any script."""
    return any(char.isalnum() for char in text)


def category_label(path: tuple[str, ...]) -> str:
    """Return the last level of a category path in words: `HDMICables` → `HDMI Cables`."""
    last = clean(path[-1] if path else "", max_chars=MAX_CATEGORY_CHARS)
    joined = _JOINED_WORD.sub(r" \1 ", last)
    spaced = _AMPERSAND.sub(" & ", _WORD_END.sub(" ", _ACRONYM_END.sub(" ", joined)))
    return _COMMA.sub(", ", spaced).strip()
