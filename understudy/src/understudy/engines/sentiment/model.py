"""The sentiment model at run time: an n-gram model, and a net where that is undecided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from understudy.engines.sentiment.front import Front
from understudy.engines.sentiment.joining import CLASSES, Join, Prior
from understudy.engines.sentiment.lexicon import Lexicon, familiarity
from understudy.engines.sentiment.pieces import Net
from understudy.engines.sentiment.reading import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WEIGHTS_FOLDER = Path(__file__).with_name("weights")

_UNREADABLE = np.array([0.15, 0.20, 0.45, 0.20])
"""The verdict on a text that says nothing to the models: neutral, with little confidence."""


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
    """Scores texts; the same text always gets the same scores. Threads may share a model."""

    def __init__(self, *, lexicon: Lexicon, front: Front, net: Net, join: Join, prior: Prior) -> None:
        self._lexicon = lexicon
        self._front = front
        self._net = net
        self._join = join
        self._prior = prior

    @classmethod
    def load(cls, prior: Prior = Prior.BALANCED, folder: Path = WEIGHTS_FOLDER) -> Self:
        """Return the model in `folder`, by default the packaged one."""
        words = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
        return cls(
            lexicon=Lexicon(words["words"].split(), words["telling"].split()),
            front=Front.load(folder / "front.npz"),
            net=Net.load(folder / "net.onnx", folder / "pieces.txt"),
            join=Join.load(folder / "join.json"),
            prior=prior,
        )

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return the scores of each text, in order."""
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Scores:
        spelled = tokens(text)
        words = [self._lexicon.mended(word) for word in spelled]
        share = familiarity(spelled, self._lexicon)
        verdict = share * self._verdict(words) + (1 - share) * _UNREADABLE if share else _UNREADABLE
        mixed, negative, neutral, positive = (float(each) for each in verdict)
        return Scores(positive=positive, negative=negative, neutral=neutral, mixed=mixed)

    def _verdict(self, words: Sequence[str]) -> NDArray[np.float64]:
        front = self._front.logits(words)
        if not self._join.needs_net(front, len(words)):
            return self._join.decided(front, self._prior)
        return self._join.combined(front, self._net.logits(words), self._prior)
