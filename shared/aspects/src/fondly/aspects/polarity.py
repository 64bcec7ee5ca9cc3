"""The polarity of a term: a linear model over the opinions around it.

Each opinion counts by its distance to the term, where words such as "but" count for several words. An
opinion that stands before another noun ("great food" for the service) counts for less.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import exp, tanh
from typing import Self

from fondly.aspects.sentence import LONGEST_DISTANCE, Sentence
from fondly.contracts.records import SentimentScores

NEAR_WORDS, FAR_WORDS = 3, 9
"""At how many words an opinion counts for 1/e: once for what is near, once for the wider clause."""
ELSEWHERE = 0.35
"""The share of an opinion that describes another noun."""
PREDICATE_REACH_WORDS = 8
LONG_SENTENCE_WORDS = 40
_SCALE = 1.5
_NEAR = [exp(-distance / NEAR_WORDS) for distance in range(LONGEST_DISTANCE + 1)]
_FAR = [exp(-distance / FAR_WORDS) for distance in range(LONGEST_DISTANCE + 1)]

CLASSES = ("negative", "neutral", "positive")
FEATURES = (
    "near", "far", "whole", "own", "inside", "predicate", "tone",
    "near_size", "far_size", "whole_size", "no_opinion", "lack", "lack_alone", "narrative", "narrative_alone",
    "doubtful", "subject", "length",
)  # fmt: skip
"""What the model sees of a term: sums of opinions by distance; opinions that are the term itself ("noisy"),
inside it, and after it; the learned tone; how much opinion there is; and what kind of sentence it is."""


class PolarityModel:
    """Logistic regression with one row of weights per class, in the order of `CLASSES`."""

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        """`weights` has a triple for "bias" and for each of `FEATURES`."""
        self._bias = weights["bias"]
        self._weights = [weights[name] for name in FEATURES]

    @classmethod
    def packaged(cls) -> Self:
        """Return the model of this package."""
        text = (files("fondly.aspects") / "data" / "polarity.json").read_text(encoding="utf-8")
        return cls(json.loads(text))

    def scores(self, sentence: Sentence, begin: int, end: int) -> SentimentScores:
        """Return the scores of the term at the words `begin` to `end`; mixed is always 0."""
        negative, neutral, positive = self._bias
        for value, (to_negative, to_neutral, to_positive) in zip(
            features(sentence, begin, end), self._weights, strict=True
        ):
            negative += value * to_negative
            neutral += value * to_neutral
            positive += value * to_positive
        largest = max(negative, neutral, positive)
        raised = [exp(logit - largest) for logit in (negative, neutral, positive)]
        total = sum(raised)
        return SentimentScores(
            negative=raised[0] / total, neutral=raised[1] / total, positive=raised[2] / total, mixed=0.0
        )


def features(sentence: Sentence, begin: int, end: int) -> list[float]:
    """Return the values of `FEATURES` for the term at the words `begin` to `end`, each about -1 to 1."""
    distances = sentence.distances(begin, end)
    near = far = whole = own = inside = predicate = 0.0
    attached = False
    for opinion, described in sentence.opinions:
        value = opinion.value
        if opinion.begin < end and opinion.end > begin:
            if opinion.end >= end or sentence.words[opinion.end] == "to":
                own += value
            else:
                inside += value
            continue
        whole += value
        if opinion.end <= begin < described:
            attached = True
            near, far = near + value, far + value
            continue
        if described > opinion.end:
            value *= ELSEWHERE
        distance = distances[opinion.begin if opinion.begin >= end else opinion.end - 1]
        near += value * _NEAR[distance]
        far += value * _FAR[distance]
        if opinion.begin >= end and not predicate and distance < PREDICATE_REACH_WORDS:
            predicate = value
    near, far, whole, own = _bounded(near), _bounded(far), _bounded(whole / _SCALE), _bounded(own)
    alone = 1 - abs(near)
    lack = float(sentence.lacks(begin) and not attached)
    narrative = float(sentence.narrates(begin))
    return [
        near, far, whole, own, _bounded(inside), _bounded(predicate),
        _tone(sentence, begin, end),
        abs(near), abs(far), abs(whole), float(not sentence.opinions),
        lack, lack * alone, narrative, narrative * alone,
        float(sentence.doubtful), float(sentence.is_subject(begin, end)),
        min(len(sentence.words), LONG_SENTENCE_WORDS) / LONG_SENTENCE_WORDS,
    ]  # fmt: skip


def _tone(sentence: Sentence, begin: int, end: int) -> float:
    """Return the learned tone of the sentence without the term itself."""
    tone = sum(tone for index, tone in sentence.tones if not begin <= index < end)
    return _bounded(tone / len(sentence.words) ** 0.5)


def _bounded(value: float) -> float:
    return tanh(value / _SCALE)
