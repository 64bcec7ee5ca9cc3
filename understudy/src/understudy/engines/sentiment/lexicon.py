"""The words that the sentiment models know, and what a misspelt one stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT_FORMS = {
    form: word
    for word, forms in {
        "amazing": "amzing amazin",
        "awesome": "awsm osm osum asm awsum awesum",
        "bad": "bd baad",
        "best": "bst besst",
        "better": "btr bttr",
        "ever": "evr",
        "excellent": "xlnt exlnt exclnt xcellent",
        "fabulous": "fab",
        "good": "gud gd guud gooood",
        "great": "gr grt gret",
        "happy": "hapy hppy",
        "love": "luv lv loove",
        "money": "mny mony",
        "nice": "nyc nic nyce",
        "not": "nt dint",
        "please": "plz pls",
        "quality": "qlty qlity",
        "really": "rly rlly",
        "thanks": "thx thnx tq thanx",
        "very": "vry vey verry",
        "working": "wrkng",
        "worst": "wrst",
        "worth": "wrth",
    }.items()
    for form in forms.split()
}
"""What people type for short on a phone."""
_REMEMBERED_WORDS = 20_000
_STRETCHED = re.compile(r"(.)\1{2,}")
_NEAR_FROM_LETTERS = 5
_FAR_FROM_LETTERS = 8
"""The length from which a word may differ by one slip, and by two."""


class Lexicon:
    """Words in use, and among them the telling ones, to which misspellings are mended.

    Only telling words are candidates: a misspelt name changes no verdict, a misspelt `terrible` does.
    """

    def __init__(self, words: Iterable[str], telling: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._candidates: dict[str, list[str]] = defaultdict(list)
        for word in sorted(telling):
            self._candidates[word[0]].append(word)
        self.mended = lru_cache(_REMEMBERED_WORDS)(self._mended)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def _mended(self, word: str) -> str:
        """Return the word itself if it is known or nothing is near, else the known word it stands for."""
        if word in self._words or not word[0].isalpha():
            return word
        return _SHORT_FORMS.get(word) or self._shortened(word) or self._nearest(word) or word

    def _shortened(self, word: str) -> str | None:
        """Return what a word with letters repeated for emphasis stands for: `goooood` is `good`."""
        for kept in (r"\1\1", r"\1"):
            shorter = _STRETCHED.sub(kept, word)
            if shorter != word and shorter in self._words:
                return shorter
        return None

    def _nearest(self, word: str) -> str | None:
        """Return the nearest telling word with the same first letter, by optimal string alignment."""
        if len(word) < _NEAR_FROM_LETTERS:
            return None
        slips = 2 if len(word) >= _FAR_FROM_LETTERS else 1
        found = extractOne(word, self._candidates.get(word[0], ()), scorer=OSA.distance, score_cutoff=slips)
        return found[0] if found else None
