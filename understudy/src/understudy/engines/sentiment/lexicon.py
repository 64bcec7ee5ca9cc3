"""The words that the sentiment models know, and what a misspelt one stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


_TOO_FEW, _ENOUGH = 0.2, 0.5
"""The share of known words up to which a text is not read, and from which it is read with full confidence."""
_MENDED = 0.5
"""What a misspelt word counts beside a known one: it may be another language's."""

_OTHER_LANGUAGES = """
das der ist nicht und sehr ich mit für auf ein eine es sind war nur aber auch
el los las muy que una por para pero está con como más
le les très est je pas une des avec mais bien produit
il molto è di che questo della sono ma
não muito um uma com produto
ik het een zeer niet dit van goed voor maar
och är inte mycket det som nie jest bardzo bir çok ve tidak sangat yang dan ini
"""
"""Words that hold sentences of other languages together, and that English hardly uses."""
_FOREIGN = frozenset(_OTHER_LANGUAGES.split())


def familiarity(words: Sequence[str], lexicon: Lexicon) -> float:
    """Return 1 for a text of mostly known words, falling to 0 as unknown and foreign words prevail."""
    spelled = [word for word in words if word[0].isalpha()]
    if not spelled:
        return 0.0
    known = sum(_weight(word, lexicon) for word in spelled) / len(spelled)
    return min(1.0, max(0.0, (known - _TOO_FEW) / (_ENOUGH - _TOO_FEW)))


def _weight(word: str, lexicon: Lexicon) -> float:
    if word in _FOREIGN:
        return -1.0
    if word in lexicon:
        return 1.0
    return _MENDED if lexicon.mended(word) != word else 0.0
