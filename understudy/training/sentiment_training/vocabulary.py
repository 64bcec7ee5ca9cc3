"""The vocabulary of the net: the published pieces that the training texts need, and common words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from understudy.engines.sentiment.pieces import END, PADDING, START, UNKNOWN, Pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SPECIAL = (PADDING, UNKNOWN, START, END)
_LEAST_SEEN = 2
_COMMON = 18_000
"""Published numbers follow frequency: whole words below this one are kept though no text has them."""


def cut(published: Mapping[str, int], texts: Sequence[Sequence[str]]) -> list[str]:
    """Return the pieces kept, the special ones first."""
    whole = Pieces(sorted(published, key=lambda piece: published[piece]))
    counts = Counter(number for words in texts for word in words for number in whole.of_word(word))
    kept = [
        piece
        for piece, number in sorted(published.items(), key=lambda item: item[1])
        if piece not in _SPECIAL
        and (counts[number] >= _LEAST_SEEN or _is_common(piece, number) or _is_letter(piece))
    ]
    return [*_SPECIAL, *kept]


def common_words(published: Mapping[str, int]) -> list[str]:
    """Return the most common whole words among the published pieces."""
    return [piece for piece, number in published.items() if _is_common(piece, number)]


def _is_common(piece: str, number: int) -> bool:
    return number < _COMMON and piece.isascii() and piece.isalpha()


def _is_letter(piece: str) -> bool:
    letter = piece.removeprefix("##")
    return len(letter) == 1 and letter.isascii() and letter.isprintable()
