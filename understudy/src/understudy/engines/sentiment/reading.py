"""How the sentiment models read a text: as words, with marks put into words and idioms into plain ones.

Training and scoring share this module, so they always agree on the words.
"""

from __future__ import annotations

import html
import re
import unicodedata

from understudy.engines.sentiment.idioms import in_plain_words
from understudy.engines.sentiment.marks import in_words

_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´"), "'")  # noqa: RUF001 - the characters that people type
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<]+|\b[\w.-]+\.(?:com|net|org|in)/[^\s<]*|[^\s<]+@[\w.-]+\.\w+|</?\w[^<>]{0,200}>",
    re.IGNORECASE,
)
_LINK_MARKS = ("/", "@", "<", "www.")
"""One of them is in every link."""
_SPLIT_CONTRACTION = re.compile(r"\s+(?=n't\b|'(?:t|s|ve|re|m|ll|d)\b)")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*|[!?]+|[^\w\s]")


def tokens(text: str) -> list[str]:
    """Return the lower-case words, numbers and punctuation of a text, without links and idioms."""
    text = html.unescape(text).translate(_APOSTROPHES)
    if any(mark in text for mark in _LINK_MARKS):
        text = _LINK.sub(" ", text)
    plain = unicodedata.normalize("NFKC", in_words(text)).lower()
    return in_plain_words(_TOKEN.findall(_SPLIT_CONTRACTION.sub("", plain)))
