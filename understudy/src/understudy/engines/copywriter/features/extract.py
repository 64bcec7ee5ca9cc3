"""Chooses the features of a product among the phrases of its name and bullets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.engines.copywriter.features import english, german

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from understudy.engines.copywriter.features.context import Phrase

MAX_FEATURES = 6
_ENOUGH = 3
"""As many features as a product needs; only to reach it are fair phrases taken, or its own name."""
_GOOD_SCORE = 1.0
_FAIR_SCORE = 0.0
_PLURAL_CHARS = 2
_TELLING_WORDS = 3
"""From how many words on a phrase says more of a product than what it is: "braided charging cable"."""
_PLACE = 0.1
"""How much each further bullet counts less."""
_FITS = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž' -]{2,38}")
_WORDS = re.compile(r"[a-zà-ž]+")
_LANGUAGES = {"en": english.phrases, "de": german.phrases}


def features(name: str, kind: str, bullets: Sequence[str], *, language: str) -> list[str]:
    """Return up to six features, the most telling first, each found word for word in the name or a bullet.

    Capitals may differ from the source. No two features are about the same part of the product. A language
    without word lists has none.
    """
    ranked = sorted(_candidates(name, bullets, language), key=lambda each: -each.score)
    own = _WORDS.findall(kind.lower())
    good = (phrase for phrase in ranked if phrase.score >= _GOOD_SCORE and not _is_of_kind(phrase.head, own))
    chosen = _distinct((), good, most_shared=0)[:MAX_FEATURES]
    if len(chosen) < _ENOUGH:
        fair = (phrase for phrase in ranked if phrase.score >= _FAIR_SCORE and not _only_names(phrase, own))
        chosen = _distinct(chosen, fair, most_shared=1)[:_ENOUGH]
    return [phrase.text for phrase in chosen]


def _distinct(chosen: Iterable[Phrase], phrases: Iterable[Phrase], *, most_shared: int) -> list[Phrase]:
    """Return `chosen` and those phrases that are about something else than all before them."""
    found = list(chosen)
    for phrase in phrases:
        if not any(_is_alike(phrase, other, most_shared) for other in found):
            found.append(phrase)
    return found


def _is_alike(phrase: Phrase, other: Phrase, most_shared: int) -> bool:
    """Return whether two phrases say much the same; "HDMI ports" and "USB ports" share a noun and do not."""
    same_noun = phrase.head == other.head and (phrase.described or other.described)
    return same_noun or len(phrase.words & other.words) > most_shared


def _candidates(name: str, bullets: Sequence[str], language: str) -> Iterator[Phrase]:
    phrases = _LANGUAGES.get(language)
    if phrases is None:
        return
    for place, text in enumerate([*bullets, name]):
        for phrase in phrases(text, is_name=place == len(bullets)):
            if _FITS.fullmatch(phrase.text):
                yield phrase.at(place * _PLACE)


def _only_names(phrase: Phrase, kind: Iterable[str]) -> bool:
    return len(phrase.words) < _TELLING_WORDS and _is_of_kind(phrase.head, kind)


def _is_of_kind(head: str, kind: Iterable[str]) -> bool:
    """Return whether a noun is among the words of a kind, which may be plurals."""
    return any(word.startswith(head) and len(word) - len(head) <= _PLURAL_CHARS for word in kind)
