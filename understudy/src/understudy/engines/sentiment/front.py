"""The n-gram model: softmax regression over words and word pairs, with whole-number weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

NEGATION_REACH_WORDS = 4

_CLAUSE_ENDS = frozenset(".,;:()!?") | {"but", "however", "though", "although", "yet", "except"}
_NEGATIONS = frozenset(
    {
        *("not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "without", "cannot"),
        *("cant", "dont", "doesnt", "didnt", "wont", "wasnt", "isnt", "arent", "couldnt"),
        *("wouldnt", "shouldnt", "hardly", "barely", "lack", "lacks", "lacking"),
    }
)


def features(words: Sequence[str]) -> Iterator[str]:
    """Yield the words and adjacent pairs of a text, with negated words marked; repeats may occur."""
    reach, previous = 0, ""
    for word in map(_folded, words):
        if word in _CLAUSE_ENDS:
            reach, previous = 0, ""
            yield word
            continue
        marked = f"NOT_{word}" if reach else word
        yield marked
        if previous:
            yield f"{previous} {marked}"
        previous = marked
        reach = NEGATION_REACH_WORDS if _negates(word) else max(reach - 1, 0)


def _folded(token: str) -> str:
    """Numbers are alike, and so are one mark and a row of them."""
    if token[0].isdigit():
        return "0"
    return token[0] if token[0] in "!?" else token


def _negates(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


class Front:
    """Answers fast; the same features always get the same answer."""

    def __init__(
        self, *, vocabulary: Mapping[str, int], weights: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> None:
        self._vocabulary = vocabulary
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the model stored by `save`."""
        with np.load(path, allow_pickle=False) as stored:
            names = stored["vocabulary"].tobytes().decode().split("\n")
            weights = stored["weights"].astype(np.float32) * stored["scale"]
            bias = stored["bias"].astype(np.float32)
        return cls(vocabulary={name: row for row, name in enumerate(names)}, weights=weights, bias=bias)

    def logits(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return a logit per class: the sum of the known features' weights by the root of their number."""
        vocabulary = self._vocabulary
        rows = [vocabulary[name] for name in dict.fromkeys(features(words)) if name in vocabulary]
        found: NDArray[np.float32] = self._weights[rows].sum(axis=0) / max(len(rows), 1) ** 0.5 + self._bias
        return found


def save(path: Path, names: Sequence[str], weights: NDArray[np.floating], bias: NDArray[np.floating]) -> None:
    """Store weights (features, classes) as bytes with one scale per class: an eighth of doubles."""
    scale = np.abs(weights).max(axis=0) / 127
    np.savez_compressed(
        path,
        vocabulary=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
    )
