"""Makes text of the catalogue and of customers safe to show, to quote and to put into a prompt."""

import re
import unicodedata
from functools import lru_cache

UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
JOINER = "\u200d"
"""Joins emoji such as families, and letters of several scripts: the only format character that is kept."""

_ACRONYM_END = re.compile(r"(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_WORD_END = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINED_WORD = re.compile(r"(?<=[A-Z]{2})(to|and|for|with)(?=[A-Z])")  # USBtoUSB, not HandMixers
_AMPERSAND = re.compile(r"\s*&\s*")
_COMMA = re.compile(r"\s*,\s*")
MAX_CATEGORY_CHARS = 80
MAX_ASPECT_CHARS = 40
CACHED_LABELS = 8_192
_ASPECT = re.compile(r"\w[\w'&/ -]*")


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


def aspect_label(aspect: str) -> str | None:
    """Return an aspect as it is shown; None for what is not a few plain words: reviews are untrusted."""
    label = clean(aspect, max_chars=len(aspect))
    return label if len(label) <= MAX_ASPECT_CHARS and _ASPECT.fullmatch(label) else None


def has_words(text: str) -> bool:
    """True if `text` has a letter or a digit of any script."""
    return any(char.isalnum() for char in text)


@lru_cache(maxsize=CACHED_LABELS)
def category_label(path: tuple[str, ...]) -> str:
    """Return the last level of a category path in words: `HDMICables` → `HDMI Cables`."""
    last = clean(path[-1] if path else "", max_chars=MAX_CATEGORY_CHARS)
    joined = _JOINED_WORD.sub(r" \1 ", last)
    spaced = _AMPERSAND.sub(" & ", _WORD_END.sub(" ", _ACRONYM_END.sub(" ", joined)))
    return _COMMA.sub(", ", spaced).strip()
