"""How the answers of the n-gram model and the net become calibrated probabilities."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLASSES = ("MIXED", "NEGATIVE", "NEUTRAL", "POSITIVE")
_NEGATIVE, _POSITIVE = CLASSES.index("NEGATIVE"), CLASSES.index("POSITIVE")


class Prior(StrEnum):
    """How often the classes are expected."""

    BALANCED = "balanced"
    """As much praise as blame: neither is favoured."""
    NATURAL = "natural"
    """Mostly praise, as in the reviews of a shop."""


@dataclass(frozen=True)
class Join:
    """A linear combination of log-probabilities, fitted on held-out texts.

    The net is asked about texts of at most `short` words, where it costs little, and where the n-gram model's
    log-odds of praise against blame are within `margin`. `alone` weighs the n-gram model where it decides
    alone; `front` and `net` weigh both. Each has a bias per class, and priors are added to it (Saerens et al.
    2002).
    """

    margin: float
    short: int
    alone: float
    alone_bias: NDArray[np.float64]
    front: float
    net: float
    bias: NDArray[np.float64]
    priors: dict[Prior, NDArray[np.float64]]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what `save` stored."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            margin=stored["margin"],
            short=stored["short"],
            alone=stored["alone"],
            alone_bias=np.array(stored["alone_bias"]),
            front=stored["front"],
            net=stored["net"],
            bias=np.array(stored["bias"]),
            priors={Prior(name): np.array(values) for name, values in stored["priors"].items()},
        )

    def save(self, path: Path) -> None:
        """Store as JSON."""
        fields = {
            "margin": self.margin,
            "short": self.short,
            "alone": self.alone,
            "alone_bias": self.alone_bias.tolist(),
            "front": self.front,
            "net": self.net,
            "bias": self.bias.tolist(),
            "priors": {name.value: values.tolist() for name, values in self.priors.items()},
        }
        path.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")

    def needs_net(self, front: NDArray[np.floating], length: int) -> bool:
        """Tell whether a text of so many words needs the net beside the n-gram model's logits."""
        return length <= self.short or bool(abs(front[_POSITIVE] - front[_NEGATIVE]) < self.margin)

    def decided(self, front: NDArray[np.floating], prior: Prior) -> NDArray[np.float64]:
        """Return the class probabilities by the n-gram model alone."""
        return softmax(self.alone * log_softmax(front) + self.alone_bias + self.priors[prior])

    def combined(
        self, front: NDArray[np.floating], net: NDArray[np.floating], prior: Prior
    ) -> NDArray[np.float64]:
        """Return the class probabilities by both models."""
        joined = self.front * log_softmax(front) + self.net * log_softmax(net)
        return softmax(joined + self.bias + self.priors[prior])


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log-probabilities over the last axis."""
    centred = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = centred - np.log(np.exp(centred).sum(axis=-1, keepdims=True))
    return result


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return probabilities over the last axis."""
    return np.exp(log_softmax(logits))
