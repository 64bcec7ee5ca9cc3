"""Pieces of words, and the small net that reads them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PADDING, UNKNOWN, START, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
_CONTINUED = "##"
_LONGEST_WORD = 100
_REMEMBERED_WORDS = 20_000
_PART = re.compile(r"[^\W_]+|[^\w\s]|_")


class Pieces:
    """Turns words into numbers of pieces.

    A part of a word that the vocabulary cannot spell is one unknown piece.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        self.of_word = lru_cache(_REMEMBERED_WORDS)(self._of_word)

    def of(self, words: Sequence[str], most: int) -> list[int]:
        """Return the numbers of a text's pieces between start and end, at most so many in all."""
        numbers = [self._number[START]]
        for word in words:
            numbers += self.of_word(word)
        return [*numbers[: most - 1], self._number[END]]

    def _of_word(self, word: str) -> list[int]:
        letters = unicodedata.normalize("NFD", word)
        plain = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
        return [number for part in _PART.findall(plain) for number in self._of_part(part)]

    def _of_part(self, part: str) -> list[int]:
        unknown = [self._number[UNKNOWN]]
        numbers: list[int] = []
        start = 0
        while start < len(part) <= _LONGEST_WORD:
            prefix = _CONTINUED if start else ""
            ends = range(len(part), start, -1)
            end = next((end for end in ends if prefix + part[start:end] in self._number), None)
            if end is None:
                return unknown
            numbers.append(self._number[prefix + part[start:end]])
            start = end
        return numbers or unknown


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
