"""Detects languages with py3langid, among those that Comprehend detects.

py3langid was chosen over six others for short reviews: see "Languages" in docs/models.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from threading import Lock

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_TRADITIONAL, _SIMPLIFIED = "big5", "gb2312"
"""Taiwan's set and the mainland's: most characters are in both, a simplified form only in the second."""


def is_traditional(text: str) -> bool:
    """Whether a Chinese text has more characters that only Taiwan's set has than of the mainland's."""
    balance = 0
    for character in text:
        traditional, simplified = _within(character, _TRADITIONAL), _within(character, _SIMPLIFIED)
        balance += traditional - simplified
    return balance > 0


def _within(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


_CODES = (
    "af am ar as az ba be bg bn bs ca ceb cs cv cy da de el en eo es et eu fa fi fr ga gd gl gu he hi hr ht"
    " hu hy id ilo is it ja jv ka kk km kn ko ku ky la lb lt lv mg mk ml mn mr ms my ne new nl no or pa pl ps"
    " pt qu ro ru sa sd si sk sl so sq sr su sv sw ta te tg th tk tl tr tt ug uk ur uz vi yi yo zh"
)
DETECTABLE = frozenset(_CODES.split())
"""The codes in Comprehend's developer guide, "Dominant language"; the model knows most of them."""
ANALYSED = frozenset({"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh"})
"""The languages whose sentiment Comprehend knows."""
ANALYSED_TO_OTHERS = 2
"""How much likelier a review is to be in an analysed language than the model takes it to be. Four words
often fit several relatives; at 2, no review in another language is lost to it."""

_loading = Lock()


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its RFC 5646 code, and the probability that a text is in it."""

    code: str
    score: float


class LanguageDetector:
    """Detects the language of texts; the model is loaded once per process, at the first text."""

    def detect(self, text: str, *, limit: int = 3) -> list[Language]:
        """Return at most `limit` languages, the likeliest first; the scores of all would add up to 1.

        A text without letters is as likely to be in any analysed language, and English comes first.
        """
        letters = text if any(map(str.isalpha, text)) else ""
        weighed = {code: score * _prior(code) for code, score in _model().rank(letters)}
        total = sum(weighed.values())
        best = nsmallest(limit, weighed, key=lambda code: (-weighed[code], code != "en"))
        return [Language(_shown(code, text), weighed[code] / total) for code in best]

    def is_english(self, text: str) -> bool:
        """Whether a text is in English more likely than not."""
        [best] = self.detect(text, limit=1)
        return best.code == "en" and best.score > 1 / 2


def _model() -> LanguageIdentifier:
    with _loading:
        return _loaded()


@cache
def _loaded() -> LanguageIdentifier:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([code for code in model.labels if code in DETECTABLE])
    return model


def _prior(code: str) -> int:
    return ANALYSED_TO_OTHERS if code in ANALYSED else 1


def _shown(code: str, text: str) -> str:
    return "zh-TW" if code == "zh" and is_traditional(text) else code
