"""Targeted sentiment: mentions of aspects, in Comprehend's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.engines.sentiment import Scores
    from understudy.engines.targets import Target
    from understudy.wire.service import Params

_CERTAIN = 1.0
"""The scores of a mention and of its group: the reader does not say how sure it is."""


def entities(mentions: Iterable[Target]) -> list[Params]:
    """Return an entity per aspect, in the order of the text; all mentions of an aspect are one group."""
    groups: dict[str, list[Target]] = {}
    for mention in sorted(mentions, key=lambda each: (each.begin, each.end)):
        groups.setdefault(mention.aspect, []).append(mention)
    return [
        {"DescriptiveMentionIndex": [0], "Mentions": [_shown(mention) for mention in group]}
        for group in groups.values()
    ]


def sentiment_of(label: str, scores: Scores) -> Params:
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


def _shown(mention: Target) -> Params:
    return {
        "Score": _CERTAIN,
        "GroupScore": _CERTAIN,
        "Text": mention.text,
        "Type": "ATTRIBUTE",
        "MentionSentiment": sentiment_of(mention.label, mention.scores),
        "BeginOffset": mention.begin,
        "EndOffset": mention.end,
    }
