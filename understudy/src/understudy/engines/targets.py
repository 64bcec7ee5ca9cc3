"""Finds what an English text of any trade speaks of, and judges each clause by the sentiment model.

A target is a name of one or two words: what a determiner or an opinion begins ("the battery life", "poor
screen"), or what a clause begins with before its verb ("battery lasts a day"). There is no parser: what is
said otherwise is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.engines.sentiment import Scores, SentimentModel

_CLAUSE = re.compile(
    r"(?:(?!\b(?:but|although|though|while|whereas|however|yet)\b)[^.!?;:,\n])+", re.IGNORECASE
)
_WORD = r"[a-z][a-z'-]*[a-z]"
_VERB = (
    r"(?:is|isn't|are|aren't|was|wasn't|were|weren't|has|had|does|doesn't|did|didn't|can|can't|could|will|won't"
    r"|would|works?|worked|lasts?|lasted|feels?|felt|looks?|looked|sounds|seems?|stopped|broke|breaks|died|arrived"
    r"|came|fits?|holds?|gets?|got|keeps?|kept|needs?|makes?|made|smells?|tastes?|runs?|went|never|always|just)"
)
_OPINION = (
    r"(?:great|good|nice|fine|excellent|amazing|awesome|perfect|lovely|beautiful|superb|fantastic|wonderful|brilliant"
    r"|decent|solid|sturdy|cheap|bad|poor|terrible|awful|horrible|disappointing|useless|weak|flimsy|worst|best|slow"
    r"|fast|loud|noisy|quiet|cold|rude|friendly|dirty|clean|bland|tasty|new|old|little|big|small|large)"
)
_AFTER = (
    rf"(?=\s+(?:{_VERB}|and|or|of|for|in|on|at|with|to|from|by|than|as|so|too|very|which|that|who|after|when|i|we"
    r"|you)\b|\W*$)"
)
_NO_NAME = (
    rf"(?!(?:the|a|an|its?|my|our|your|their|this|that|these|those|there|he|she|they|we|you|ones?|everything|anything"
    rf"|nothing|something|who|what|which|same|others?|first|second|last|rest|only|also|how|why|when|where|if|because"
    rf"|as|so|{_OPINION}|{_VERB})\b)"
)
_NAME = rf"({_NO_NAME}{_WORD}(?:\s+{_NO_NAME}{_WORD})??)"
_BEGUN = re.compile(
    rf"\b(?:the|its|his|her|my|our|your|their|this|these|those|{_OPINION})\s+(?:{_OPINION}\s+){{0,2}}{_NAME}{_AFTER}",
    re.IGNORECASE,
)
_FIRST = re.compile(rf"^\W*(?:and\s+|overall\s+)?{_NAME}(?=\s+{_VERB}\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """A place in a text that speaks of something; offsets count code points."""

    text: str
    aspect: str
    begin: int
    end: int
    scores: Scores

    @property
    def label(self) -> str:
        """The likeliest sentiment, in upper case."""
        return self.scores.label


class TargetReader:
    """Reads targets; the same text always gets the same ones. Threads may share a reader."""

    def __init__(self, model: SentimentModel) -> None:
        self._model = model

    def read(self, text: str) -> list[Target]:
        """Return the targets of an English text in order, each with the sentiment of its clause."""
        found: list[Target] = []
        for clause in _CLAUSE.finditer(text):
            places = sorted(set(_places(clause.group())))
            if places:
                [scores] = self._model.score([clause.group()])
                for begin, end in places:
                    words = clause.group()[begin:end]
                    start = clause.start() + begin
                    found.append(Target(words, words.lower(), start, start + len(words), scores))
        return found


def _places(clause: str) -> Iterator[tuple[int, int]]:
    """Yield where names of things begin and end."""
    for match in (*_BEGUN.finditer(clause), *_FIRST.finditer(clause)):
        yield match.span(1)
