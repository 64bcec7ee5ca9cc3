"""The polarity of a term: a linear model over the opinions around it.

Each opinion counts by its distance to the term, where words such as "but" count for several words. An opinion that
stands before another noun ("great food" for the service) counts for less.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import exp, tanh
from typing import Self

from encore.aspects.opinions import Opinion
from encore.aspects.sentence import Sentence
from encore.contracts.records import SentimentScores

NEAR_WORDS, FAR_WORDS = 3, 9
"""At how many words an opinion counts for 1/e: once for what is near, once for the wider clause."""
ELSEWHERE = 0.35
"""The share of an opinion that describes another noun."""
PREDICATE_REACH_WORDS = 8
LONG_SENTENCE_WORDS = 40
_SCALE = 1.5
_LONGEST_DISTANCE = 200
_NEAR = [exp(-distance / NEAR_WORDS) for distance in range(_LONGEST_DISTANCE)]
_FAR = [exp(-distance / FAR_WORDS) for distance in range(_LONGEST_DISTANCE)]

CLASSES = ("negative", "neutral", "positive")


class PolarityModel:
    """Logistic regression with one row of weights per class, in the order of `CLASSES`."""

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        """`weights` has a triple for "bias" and for each of `FEATURES`."""
        self._bias = weights["bias"]
        self._weights = [weights[name] for name in FEATURES]

    @classmethod
    def packaged(cls) -> Self:
        """Return the model of this package."""
        text = (files("encore.aspects") / "data" / "polarity.json").read_text(encoding="utf-8")
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


FEATURES = (
    "near", "far", "whole", "attached", "predicate", "inside", "praise", "blame", "tone_near", "tone_far", "tone_whole",
    "near_size", "far_size", "whole_size", "no_opinion", "lack", "lack_alone", "narrative", "narrative_alone",
    "doubtful", "subject", "length",
)  # fmt: skip


def features(sentence: Sentence, begin: int, end: int) -> list[float]:
    """Return the values of `FEATURES` for the term at the words `begin` to `end`, each about -1 to 1."""
    near = far = whole = attached = predicate = inside = praise = blame = 0.0
    for opinion in sentence.opinions:
        value, distance, is_attached = _towards(sentence, opinion, begin, end)
        if opinion.begin < end and opinion.end > begin and not is_attached:
            inside += value
            continue
        whole += opinion.value
        attached += value if is_attached else 0.0
        near_value = value * _NEAR[distance]
        near += near_value
        far += value * _FAR[distance]
        praise, blame = max(praise, near_value), min(blame, near_value)
        if opinion.begin >= end and not predicate and distance < PREDICATE_REACH_WORDS:
            predicate = value
    near, far, whole = _bounded(near), _bounded(far), _bounded(whole / _SCALE)
    lack = float(sentence.lacks(begin) and not attached)
    narrative = float(sentence.narrates(begin))
    alone = 1 - abs(near)
    return [
        near, far, whole, _bounded(attached), _bounded(predicate), _bounded(inside), _bounded(praise), _bounded(blame),
        *_tones(sentence, begin, end),
        abs(near), abs(far), abs(whole), float(not sentence.opinions),
        lack, lack * alone, narrative, narrative * alone,
        float(sentence.doubtful), float(sentence.is_subject(begin, end)),
        min(len(sentence), LONG_SENTENCE_WORDS) / LONG_SENTENCE_WORDS,
    ]  # fmt: skip


def _towards(sentence: Sentence, opinion: Opinion, begin: int, end: int) -> tuple[float, int, bool]:
    """Return what an opinion is worth to the term, its distance, and whether it describes the term itself."""
    if opinion.begin < end and opinion.end > begin:
        whole_term = opinion.end >= end or sentence.words[opinion.end] == "to"
        return opinion.value, 0, whole_term
    described = sentence.described(opinion)
    if opinion.end <= begin <= described - 1:
        return opinion.value, 0, True
    last = opinion.end - 1 if opinion.end <= begin else opinion.begin
    distance = min(sentence.distance(last, begin, end), _LONGEST_DISTANCE - 1)
    return opinion.value * (ELSEWHERE if described > opinion.end else 1.0), distance, False


def _tones(sentence: Sentence, begin: int, end: int) -> tuple[float, float, float]:
    """Return the learned tone near the term, in the wider clause and in the sentence; the term itself is left out."""
    near = far = whole = 0.0
    for index, tone in enumerate(sentence.tones):
        if tone and not begin <= index < end:
            distance = min(sentence.distance(index, begin, end), _LONGEST_DISTANCE - 1)
            near += tone * _NEAR[distance]
            far += tone * _FAR[distance]
            whole += tone
    return _bounded(near / 2), _bounded(far / 2), _bounded(whole / max(len(sentence), 1) ** 0.5)


def _bounded(value: float) -> float:
    return tanh(value / _SCALE)
