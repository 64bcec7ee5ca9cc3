"""The features of a review: its words and word pairs, with negated words marked.

Training and scoring share this module, so they always agree on the features.
`NOT_` marking follows Das and Chen (2001): a word within reach of a negation is another word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEGATION_REACH_WORDS = 4

_GLAD = "👍😀😁😂😃😄😅😆😇😉😊😋😌😍😎😘😚😻🙂🙌🤗🤩🥰🥳💕💖💗💙💚💛💜💯🔥🌟⭐✨👌👏💪🎉♥❤☺✌"
_CROSS = "👎😐😑😒😓😔😕😖😞😟😠😡😢😣😤😩😪😫😬😭😰😱😾🙁🙄🤢🤮🤬💔💩🤦☹"
_GLAD_WORD, _CROSS_WORD = " great ", " terrible "
_SPOKEN = dict.fromkeys(map(ord, _GLAD), _GLAD_WORD) | dict.fromkeys(map(ord, _CROSS), _CROSS_WORD)
_SPOKEN |= {ord("’"): "'", ord("`"): "'"}  # noqa: RUF001 - the character that people type

_SPLIT_CONTRACTION = re.compile(r"\s+(?=n't\b|'(?:t|s|ve|re|m|ll|d)\b)")
_SMILE, _FROWN = re.compile(r"[:;]'?-?[)D]"), re.compile(r":'?-?\(")
_UNDERSTATED = re.compile(r"\bnot (?:too |so |that )?bad\b")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[!?]+|[.,;:()]|\d+(?:[.,]\d+)*")
_CLAUSE_ENDS = frozenset(".,;:()!?") | {"but", "however", "though", "although", "yet", "except"}
_SENTENCE_ENDS = frozenset(".!?")
_TURNS = frozenset({"but", "however"})
_NEGATIONS = frozenset(
    {
        *("not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "without", "cannot"),
        *("cant", "dont", "doesnt", "didnt", "wont", "wasnt", "isnt", "arent", "couldnt"),
        *("wouldnt", "shouldnt", "hardly", "barely", "lack", "lacks", "lacking"),
    }
)


def tokens(text: str) -> list[str]:
    """Return the lower-case words and punctuation of a text; numbers become `0`, faces become words."""
    spoken = text.translate(_SPOKEN)
    spoken = _FROWN.sub(_CROSS_WORD, _SMILE.sub(_GLAD_WORD, spoken)).lower()
    spoken = _UNDERSTATED.sub("decent", _SPLIT_CONTRACTION.sub("", spoken))
    return [_folded(token) for token in _TOKEN.findall(spoken)]


def statements(words: list[str]) -> list[list[str]]:
    """Split a text where a sentence ends or turns: each part is likely to express one opinion."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _TURNS and parts[-1]:
            parts.append([])
        parts[-1].append(word)
        if word in _SENTENCE_ENDS:
            parts.append([])
    return [part for part in parts if part]


def features(words: list[str]) -> Iterator[str]:
    """Yield the words and adjacent pairs of a text, with negated words marked; repeats may occur."""
    reach, previous = 0, ""
    for word in words:
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
    if token[0].isdigit():
        return "0"
    return token[0] if token[0] in "!?" else token


def _negates(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")
