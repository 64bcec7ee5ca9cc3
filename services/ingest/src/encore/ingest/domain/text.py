"""Making foreign text clean without changing what it says."""

import re
import unicodedata

# Unicode's invisible format characters, less those that carry meaning: the joiners shape Indic words and
# emoji, tags spell flags. What is left hides or reorders text (zero-width spaces, direction overrides).
_JOINERS = {"\u200c", "\u200d"}
_TAGS = range(0xE0000, 0xE0080)
# Bounded, or a text of nothing but "http://" would take time quadratic in its length.
_IMAGE_URL = re.compile(r"https?://[^\s,<>\"]{1,500}?\.(?:jpe?g|png|gif|webp)(?:\?[^\s,]*)?", re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text in NFC on one line: no controls, no invisible characters, single plain spaces."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


def without_image_urls(text: str) -> str:
    """Return a review without the addresses of the pictures in it; they say nothing about the product."""
    return _IMAGE_URL.sub(" ", text) if "://" in text else text


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace() or category in {"Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cs"}:
        return ""
    return "" if category == "Cf" and char not in _JOINERS and ord(char) not in _TAGS else char
