"""Longer reviews, joined from labelled statements about products."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from sentiment_training.corpus import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SOURCES = frozenset({"pros", "cons", "liu", "verdict"})
_MOST_WORDS = 70
_DISSENT = 0.18
"""How often a review of one mind has a statement of the other."""
_MOST_MIXED, _MIXED_PER_DISSENT = 0.9, 2.4
"""How mixed a review is of praise and blame: at most so much, and so much by the share of the lesser one."""
_TITLED = 0.5
_TITLE_WORDS = 6


def pseudo_reviews(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return so many reviews of at most 70 words; their shares follow from the statements in them."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible choice of examples
    pools = {
        label: [row.text for row in rows if row.source in _SOURCES and row.label == label]
        for label in ("NEGATIVE", "NEUTRAL", "POSITIVE")
    }
    made = _made(pools, rng)
    return [next(made) for _ in range(count)]


def _made(pools: dict[str, list[str]], rng: random.Random) -> Iterator[Row]:
    while True:
        kind = rng.choices(["POSITIVE", "NEGATIVE", "MIXED", "NEUTRAL"], [0.38, 0.38, 0.14, 0.10])[0]
        labels = _labels(kind, rng)
        texts = [rng.choice(pools[label]) for label in labels]
        if kind in {"POSITIVE", "NEGATIVE"} and rng.random() < _TITLED:
            texts.insert(0, _title(pools[kind], rng))
            labels.insert(0, kind)
        text = _sentences(texts, rng)
        if len(text.split()) <= _MOST_WORDS:
            yield Row(text, _shares(labels), "pseudo")


def _labels(kind: str, rng: random.Random) -> list[str]:
    if kind == "NEUTRAL":
        return ["NEUTRAL"] * rng.randint(1, 3)
    if kind == "MIXED":
        labels = ["POSITIVE", "NEGATIVE", *rng.choices(["POSITIVE", "NEGATIVE"], k=rng.randint(0, 2))]
    else:
        labels = [kind] * rng.randint(1, 4)
        if len(labels) > 1 and rng.random() < _DISSENT:
            labels[rng.randrange(len(labels))] = "NEGATIVE" if kind == "POSITIVE" else "POSITIVE"
    labels += ["NEUTRAL"] * rng.choices([0, 1, 2], [0.5, 0.3, 0.2])[0]
    rng.shuffle(labels)
    return labels


def _shares(labels: list[str]) -> tuple[float, ...]:
    """Return the shares of MIXED, NEGATIVE, NEUTRAL and POSITIVE: balanced praise and blame are mixed."""
    praise, blame = labels.count("POSITIVE"), labels.count("NEGATIVE")
    if not praise + blame:
        return 0.0, 0.0, 1.0, 0.0
    smaller = min(praise, blame) / (praise + blame)
    mixed = _MOST_MIXED * min(1.0, _MIXED_PER_DISSENT * smaller)
    rest = 1 - mixed
    of_blame = 0.5 * (1 + np.sign(blame - praise))
    return mixed, rest * of_blame, 0.0, rest * (1 - of_blame)


def _title(pool: list[str], rng: random.Random) -> str:
    while True:
        text = rng.choice(pool)
        if len(text.split()) <= _TITLE_WORDS:
            return text


def _sentences(texts: list[str], rng: random.Random) -> str:
    """Join statements as people do: mostly sentences, sometimes commas or nothing but a space."""
    joint = rng.choices([". ", ", ", " ", "! "], [0.75, 0.1, 0.08, 0.07])[0]
    return joint.join(text.rstrip(" .,") for text in texts) + rng.choice([".", ".", "", "!"])
