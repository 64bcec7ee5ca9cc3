"""Guesses which languages reviews are in, by their commonest words: a model for it takes a second to load."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from fondly.ingest.domain.data import read_table

LOCAL = "en"
"""The language whose sentiment the local model knows; others it scores by stars and emoji."""
_TABLE = read_table(__package__, "languages.toml")
_WORDS = {code: frozenset(words.split()) for code, words in _TABLE["words"].items()}
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def languages_of(texts: Iterable[str]) -> Counter[str]:
    """Return how many texts are in each language; those that fit several or none are not counted."""
    return Counter(code for code in map(_language, texts) if code)


def _language(text: str) -> str | None:
    words = _TOKEN.findall(text.casefold())
    letter = next((char for word in words for char in word), "")
    script = unicodedata.name(letter, "").partition(" ")[0] if letter else ""
    if found := _TABLE["scripts"].get(script):
        return "ja" if found == "zh" and any("\u3040" <= char <= "\u30ff" for char in text) else found
    hits = Counter({code: sum(word in own for word in words) for code, own in _WORDS.items()})
    (best, most), (_, second) = hits.most_common(2)
    return best if most > second else None
