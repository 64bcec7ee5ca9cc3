"""The net: a small transformer, distilled from all-MiniLM-L6-v2, with whole-number weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

from understudy.engines.sentiment.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MOST_PIECES = 96
"""Where a text is cut: word pieces with both ends."""


class Net:
    """Reads one text at a time, so that what it answers never depends on other texts.

    Activations are quantised by the range they have in a run: two texts in one run would change each other's.
    """

    def __init__(self, session: InferenceSession, pieces: Pieces) -> None:
        self._session = session
        self._pieces = pieces

    @classmethod
    def load(cls, graph: Path, pieces: Path) -> Self:
        """Return the net in two files; it uses the caller's thread only."""
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return cls(session, Pieces(pieces.read_text(encoding="utf-8").split()))

    def logits(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return one logit per class."""
        ids = np.array([self._pieces.of(words, MOST_PIECES)])
        found: NDArray[np.float32] = self._session.run(None, {"ids": ids})[0].reshape(-1)
        return found
