"""The features of a review: its words and word pairs, with negated words marked.

Training and scoring share this module, so they always agree on the features.
`NOT_` marking follows Das and Chen (2001): a word within reach of a negation is another word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
