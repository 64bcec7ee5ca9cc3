"""The sentiment model at run time: logistic regression over word and word-pair features."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from understudy.engines.sentiment.features import features, statements, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WEIGHTS_FILE = Path(__file__).with_name("weights.npz")
CLASSES = ("MIXED", "NEGATIVE", "NEUTRAL", "POSITIVE")

# Chosen on the development set, see training/train_sentiment.py.
WHOLE_SHARE = 0.6
"""The weight of the whole text; the mean of its statements has the rest."""
OVERLAP_TO_MIXED = 0.7
"""The share of praise and blame that counts as mixed where both occur."""

FAMILIAR_SHARE = 0.5
"""The share of known words from which a text counts as English; below it, scores move towards neutral."""
_UNREADABLE = np.array([0.02, 0.02, 0.94, 0.02])

_MIXED, _NEGATIVE, _POSITIVE = (CLASSES.index(n) for n in ("MIXED", "NEGATIVE", "POSITIVE"))


@dataclass(frozen=True)
class Scores:
    """The probability of each sentiment; the four add up to 1."""

    positive: float
    negative: float
    neutral: float
    mixed: float

    @property
    def label(self) -> str:
        """The most likely sentiment, in upper case."""
        by_label = {name: getattr(self, name.lower()) for name in CLASSES}
        return max(by_label, key=lambda name: by_label[name])


class SentimentModel:
    """Scores texts; the same text always gets the same scores."""

    def __init__(
        self, *, vocabulary: Mapping[str, int], weights: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> None:
        self._vocabulary = vocabulary
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path = WEIGHTS_FILE) -> Self:
        """Return the model with the weights in `path`, by default the packaged ones."""
        with np.load(path, allow_pickle=False) as stored:
            names = stored["vocabulary"].tobytes().decode().split("\n")
            weights = stored["weights"].astype(np.float32) * stored["scale"]
            bias = stored["bias"].astype(np.float32)
        vocabulary = {name: index for index, name in enumerate(names)}
        return cls(vocabulary=vocabulary, weights=weights, bias=bias)

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return the scores of each text, in order."""
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Scores:
        words = tokens(text)
        parts = [self._known(part) for part in statements(words)]
        whole = list(dict.fromkeys(chain.from_iterable(parts)))
        if not whole:
            return _scores(_UNREADABLE)
        probabilities = self._probabilities([whole, *parts] if len(parts) > 1 else [whole])
        verdict = probabilities[0]
        if len(parts) > 1:
            lengths = np.sqrt([len(part) for part in parts])
            verdict = WHOLE_SHARE * verdict + (1 - WHOLE_SHARE) * _gathered(
                probabilities[1:], lengths / lengths.sum()
            )
        return _scores(_tempered(verdict, self._familiarity(words)))

    def _known(self, words: list[str]) -> list[int]:
        vocabulary = self._vocabulary
        return [vocabulary[name] for name in dict.fromkeys(features(words)) if name in vocabulary]

    def _familiarity(self, words: list[str]) -> float:
        """Return 1 for a text of mostly known words, falling to 0 as unknown words prevail."""
        spelled = [word for word in words if word[0].isalpha()]
        if not spelled:
            return 0.0
        known = sum(word in self._vocabulary for word in spelled)
        return min(1.0, known / (FAMILIAR_SHARE * len(spelled)))

    def _probabilities(self, groups: list[list[int]]) -> NDArray[np.float64]:
        """Return class probabilities (softmax of the logits), one row per group of features."""
        logits = np.array(
            [self._weights[group].sum(axis=0) / max(len(group), 1) ** 0.5 + self._bias for group in groups],
            dtype=np.float64,
        )
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
        return result


def _gathered(parts: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the statements, with praise beside blame moved to mixed."""
    mean: NDArray[np.float64] = shares @ parts
    moved = OVERLAP_TO_MIXED * min(mean[_POSITIVE], mean[_NEGATIVE])
    mean[[_POSITIVE, _NEGATIVE]] -= moved
    mean[_MIXED] += 2 * moved
    return mean


def _tempered(verdict: NDArray[np.float64], familiarity: float) -> NDArray[np.float64]:
    return familiarity * verdict + (1 - familiarity) * _UNREADABLE


def _scores(verdict: NDArray[np.float64]) -> Scores:
    mixed, negative, neutral, positive = (float(share) for share in verdict)
    return Scores(positive=positive, negative=negative, neutral=neutral, mixed=mixed)
