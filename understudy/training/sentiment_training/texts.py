"""All texts that the models learn from, and the lexicon that they are read with."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentiment_training.corpus import Row, cleaned, read, telling_words, words_in_use
from sentiment_training.pseudo import pseudo_reviews
from sentiment_training.verdicts import misspelt, verdicts
from understudy.engines.sentiment.lexicon import Lexicon
from understudy.engines.sentiment.reading import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PRODUCT_SOURCES = frozenset({"pros", "cons", "liu", "verdict"})
_PSEUDO, _FRESH = 7_000, 5_000
_MISSPELT = 3_000
_LEAST_USES = 3
_MOST_OF_FILMS = {"rt": 4_000, "mr": 300, "plot": 600}
"""How many texts about films are learnt from; they matter less than those about products."""


@dataclass(frozen=True)
class Texts:
    """Labelled rows, rows that only the teacher labels, and the lexicon's two lists."""

    labelled: list[Row]
    fresh: list[Row]
    words: list[str]
    telling: list[str]

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon that scoring uses too."""
        return Lexicon(self.words, self.telling)

    def as_read(self, rows: Sequence[Row]) -> list[list[str]]:
        """Return the rows' tokens."""
        lexicon = self.lexicon
        return [[lexicon.mended(word) for word in tokens(row.text)] for row in rows]


def prepared(data: Path, common: Sequence[str], seed: int) -> Texts:
    """Return the texts made from `train.jsonl.gz` in the folder and from our own patterns.

    `common` are English words that count as known though the texts may not have them.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible choice of examples
    rows = cleaned(read(data / "train.jsonl.gz"), seed)
    own = verdicts(seed)
    every = rows + own
    used = words_in_use([row.text for row in every], _LEAST_USES)
    words = sorted({*used, *common})
    telling = telling_words([row for row in every if row.source in _PRODUCT_SOURCES])
    short = [row for row in every if row.source in _PRODUCT_SOURCES]
    slips = [Row(misspelt(row.text, rng), row.shares, "misspelt") for row in rng.sample(short, _MISSPELT)]
    labelled = _fewer_films(every, rng) + slips + pseudo_reviews(every, _PSEUDO, seed)
    return Texts(labelled, pseudo_reviews(every, _FRESH, seed + 1), words, telling)


def _fewer_films(rows: Sequence[Row], rng: random.Random) -> list[Row]:
    kept = [row for row in rows if row.source not in _MOST_OF_FILMS]
    for source, most in _MOST_OF_FILMS.items():
        kept += rng.sample([row for row in rows if row.source == source], most)
    return kept
