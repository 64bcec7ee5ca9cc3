"""Targeted sentiment: mentions of aspects, in Comprehend's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.wire.service import Params

_CERTAIN = 1.0
"""The scores of a mention and of its group: a reader finds aspects without saying how surely."""


class FourScores(Protocol):
    """The probability of each sentiment; the four add up to 1."""

    @property
    def positive(self) -> float:
        """Praise alone."""

    @property
    def negative(self) -> float:
        """Blame alone."""

    @property
    def neutral(self) -> float:
        """Neither."""

    @property
    def mixed(self) -> float:
        """Both."""


class Mention(Protocol):
    """A place in a text that speaks of an aspect; offsets count code points."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def aspect(self) -> str:
        """What they speak of, by one name for all of its mentions."""

    @property
    def begin(self) -> int:
        """Where the words begin in the document."""

    @property
    def end(self) -> int:
        """Where they end."""

    @property
    def scores(self) -> FourScores:
        """The sentiment towards the aspect."""

    @property
    def label(self) -> str:
        """The likeliest sentiment, in upper case."""


class AspectReader(Protocol):
    """Finds the aspects that a text speaks of, and what it says of each."""

    def read(self, text: str) -> Sequence[Mention]:
        """Return the mentions in an English text, in any order."""


def entities(mentions: Iterable[Mention]) -> list[Params]:
    """Return an entity per aspect, in the order of the text; all mentions of an aspect are one group."""
    groups: dict[str, list[Mention]] = {}
    for mention in sorted(mentions, key=lambda each: (each.begin, each.end)):
        groups.setdefault(mention.aspect, []).append(mention)
    return [
        {"DescriptiveMentionIndex": [0], "Mentions": [_shown(mention) for mention in group]}
        for group in groups.values()
    ]


def sentiment_of(label: str, scores: FourScores) -> Params:
    """Return a sentiment as Comprehend shows it."""
    return {
        "Sentiment": label,
        "SentimentScore": {
            "Positive": scores.positive,
            "Negative": scores.negative,
            "Neutral": scores.neutral,
            "Mixed": scores.mixed,
        },
    }


def _shown(mention: Mention) -> Params:
    return {
        "Score": _CERTAIN,
        "GroupScore": _CERTAIN,
        "Text": mention.text,
        "Type": "ATTRIBUTE",
        "MentionSentiment": sentiment_of(mention.label, mention.scores),
        "BeginOffset": mention.begin,
        "EndOffset": mention.end,
    }
