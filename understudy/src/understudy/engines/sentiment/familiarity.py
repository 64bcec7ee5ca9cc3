"""How far a text is in the language that the models read: English, and Hindi in Latin letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.engines.sentiment.lexicon import Lexicon

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
