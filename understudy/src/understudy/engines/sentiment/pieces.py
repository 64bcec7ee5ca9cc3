"""Word pieces: the vocabulary of the net, and how words are split into it.

Greedy longest match first, as BERT's WordPiece (Devlin et al. 2019), with the vocabulary of all-MiniLM-L6-v2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
