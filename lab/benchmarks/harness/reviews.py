"""Labelled texts, and reviews of a given length joined from them."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LABELS = {"MIX": "MIXED", "NEG": "NEGATIVE", "NEU": "NEUTRAL", "POS": "POSITIVE"}
_PRODUCT_SOURCES = frozenset({"pros", "cons", "liu"})


@dataclass(frozen=True)
class LabelledText:
    """A text, its label and the corpus it comes from."""

    text: str
    label: str
    source: str


def labelled_texts(path: Path) -> list[LabelledText]:
    """Return the rows of a gzipped JSON-lines file of `text`, `label` and `src`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [LabelledText(record["text"], _LABELS[record["label"]], record["src"]) for record in records]


def joined_reviews(rows: Sequence[LabelledText], count: int, words: int) -> list[str]:
    """Return different reviews of exactly so many words, of statements of one mind and neutral ones."""
    rng = random.Random(0)  # noqa: S311 - the same reviews every time
    pools = {
        label: [
            row.text for row in rows if row.source in _PRODUCT_SOURCES and row.label in {label, "NEUTRAL"}
        ]
        for label in ("NEGATIVE", "POSITIVE")
    }
    return [_review(pools[rng.choice(["NEGATIVE", "POSITIVE"])], rng, words) for _ in range(count)]


def _review(pool: list[str], rng: random.Random, words: int) -> str:
    written: list[str] = []
    while len(written) < words:
        statement = rng.choice(pool).split()
        written += [*statement[:-1], statement[-1].rstrip(".,") + "."]
    return " ".join(written[:words])
