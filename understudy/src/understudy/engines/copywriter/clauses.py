"""Sentences that a bullet has already, for products of which the repertoire knows nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.engines.copywriter.pools import Pools
from understudy.engines.copywriter.repertoire import words_of
from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PARTS = re.compile(r"[.;:|!?()\[\]{}【】•]+(?=\s|$)|[\[\](){}【】|•]|\s[-–—]+\s")  # noqa: RUF001 - dashes of the catalogue
_PLAIN = re.compile(
    r"[A-ZÀ-Þ][a-zà-ž'-]+(?:,? [a-zà-ž][a-zà-ž'-]*)*(?:,? (?:[a-zà-ž'-]+|USB|TV|PC|LED|HDMI|WiFi|DIY))*"
)
_MIN_WORDS, _MAX_WORDS, _MAX_CHARS = 4, 16, 110


def sentences_of(bullets: Mapping[str, str], language: str) -> Iterator[Wording]:
    """Yield the clauses of bullets that say what a product does in plain words, as sentences with proof.

    A clause with figures, a seller's words or a denial is none.
    """
    pools = Pools.load(language)
    verbs, never = pools.words("clause_verbs"), pools.words("clause_never")
    for source, bullet in bullets.items():
        for part in _PARTS.split(bullet):
            clause = part.strip(" ,.-–—*")  # noqa: RUF001 - dashes of the catalogue
            words = words_of(clause)
            if not (_MIN_WORDS <= len(words) <= _MAX_WORDS and len(clause) <= _MAX_CHARS):
                continue
            text = clause[0].upper() + clause[1:]
            if words[0] in verbs and never.isdisjoint(words) and _PLAIN.fullmatch(text):
                yield Wording(f"{text}.", ((source, clause),))
