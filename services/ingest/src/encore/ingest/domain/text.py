"""Cleans text without changing what it says."""

import re
import unicodedata

# Invisible format characters are removed, as they hide or reorder text (zero-width spaces, direction
# overrides), except those with a meaning: joiners shape Indic words and emoji, tags spell flags.
_JOINERS = {"\u200c", "\u200d"}
_TAGS = range(0xE0000, 0xE0080)
# Bounded, since a text of nothing but "http://" would otherwise take quadratic time.
_IMAGE_URL = re.compile(r"https?://[^\s,<>\"]{1,500}?\.(?:jpe?g|png|gif|webp)(?:\?[^\s,]*)?", re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text in NFC on one line, without control or invisible characters, single-spaced."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


def without_image_urls(text: str) -> str:
    """Return a review without its image URLs, which say nothing about the product."""
    return _IMAGE_URL.sub(" ", text) if "://" in text else text


def has_words(text: str) -> bool:
    """Return whether a review says anything: a letter or digit outside image URLs."""
    return any(map(str.isalnum, without_image_urls(text)))


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace() or category in {"Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cs"}:
        return ""
    return "" if category == "Cf" and char not in _JOINERS and ord(char) not in _TAGS else char
