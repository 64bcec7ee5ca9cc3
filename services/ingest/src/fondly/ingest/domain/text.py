"""Cleans text without changing what it says."""

import re
import unicodedata
from functools import cache
from itertools import filterfalse

# Invisible format characters are removed, as they hide or reorder text (zero-width spaces, direction
# overrides), except those with a meaning: joiners shape Indic words and emoji, tags spell flags.
_JOINERS = {"\u200c", "\u200d"}
_FIRST_IDEOGRAPH_PLANE = 0x20000
"""Above it Unicode has no format characters but tags."""
# Bounded, since a text of nothing but "http://" would otherwise take quadratic time.
_IMAGE_URL = re.compile(r"https?://[^\s,<>\"]{1,500}?\.(?:jpe?g|png|gif|webp)(?:\?[^\s,]*)?", re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text in NFC on one line, without control or invisible characters, single-spaced."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text  # as nearly all are: a space is the only white space that is printable
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_invisible().sub("", text).split())


def without_image_urls(text: str) -> str:
    """Return a review without its image URLs, which say nothing about the product."""
    return _IMAGE_URL.sub(" ", text) if "://" in text else text


def has_words(text: str) -> bool:
    """Return whether a review says anything: a letter or digit outside image URLs."""
    return any(map(str.isalnum, without_image_urls(text)))


@cache
def _invisible() -> re.Pattern[str]:
    """One class of all characters that are removed, by this Python's version of Unicode."""
    spans: list[list[str]] = []
    unprintable = filterfalse(str.isprintable, map(chr, range(_FIRST_IDEOGRAPH_PLANE)))
    for char in filter(_is_invisible, unprintable):
        if spans and ord(spans[-1][-1]) == ord(char) - 1:
            spans[-1][1:] = [char]
        else:
            spans.append([char])
    return re.compile("[" + "".join("-".join(map(re.escape, span)) for span in spans) + "]")


def _is_invisible(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char not in _JOINERS
    return category in {"Cc", "Cs"} and not char.isspace()
