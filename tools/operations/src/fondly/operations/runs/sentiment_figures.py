"""What a run's customers said, in figures for people: in the terminal, `summary.json` and the gallery."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from fondly.contracts.records import AspectCount, Sentiment, SentimentSummary
from fondly.operations.formatting import count

MAX_ASPECT_CHARS = 32


@dataclass(frozen=True, slots=True)
class LabelShare:
    """How many texts have a label, and their share of the scored texts, 0 to 1."""

    label: Sentiment
    texts: int
    share: float


def exported(summary: SentimentSummary) -> dict[str, Any]:
    """Return `sentiment` as `summary.json` and `--json` have it: the summary, and `unscored_share`."""
    return {**summary.model_dump(mode="json"), "unscored_share": round(summary.unscored_share, 4)}


def sentiment_of(exported_summary: Mapping[str, Any]) -> SentimentSummary | None:
    """Return what a `summary.json` says of sentiment; None if its run has no such summary."""
    found = exported_summary.get("sentiment")
    return SentimentSummary.model_validate(found) if found else None


def label_mix(summary: SentimentSummary) -> list[LabelShare]:
    """Return all four labels in Comprehend's order, also those that no text has."""
    return [
        LabelShare(
            label, texts := summary.labels.get(label, 0), texts / summary.scored if summary.scored else 0.0
        )
        for label in Sentiment
    ]


def languages(summary: SentimentSummary) -> list[tuple[str, int]]:
    """Return the languages and their texts, the most frequent first; none if all texts have the same."""
    found = sorted(summary.languages.items(), key=lambda each: (-each[1], each[0]))
    return found if len(found) > 1 else []


def aspect_name(aspect: str) -> str:
    """Return an aspect on one short line; what a text calls it may be anything."""
    return shorten(
        "".join(each if each.isprintable() else " " for each in aspect), MAX_ASPECT_CHARS, placeholder="…"
    )


def praise(aspect: AspectCount) -> str:
    """How many of an aspect's mentions praise it: `41 of 48 praise`."""
    return f"{_of(aspect.praised, aspect)} praise"


def criticism(aspect: AspectCount) -> str:
    """How many of an aspect's mentions criticise it: `14 of 18 criticise`."""
    return f"{_of(aspect.blamed, aspect)} criticise"


def _of(number: int, aspect: AspectCount) -> str:
    return f"{count(number)} of {count(aspect.mentions)}"
