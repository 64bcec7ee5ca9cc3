"""The sentiment of a text, and how the sentiments of a long document's chunks become one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.sentiment.domain.answers import Kept

DECIMALS = 6
"""More digits than a confidence means."""


@dataclass(frozen=True)
class Score:
    """The sentiment of one text, or the error that prevented scoring it."""

    sentiment: Sentiment | None = None
    scores: SentimentScores | None = None
    error: str | None = None


SCORE = Kept[Score](Score)


def confidences(*, positive: float, negative: float, neutral: float, mixed: float) -> SentimentScores:
    """Return confidences as they are stored; in single precision one may be slightly outside 0 to 1."""
    return SentimentScores(
        positive=_stored(positive),
        negative=_stored(negative),
        neutral=_stored(neutral),
        mixed=_stored(mixed),
    )


def score_of(reply: Mapping[str, Any]) -> Score:
    """Return the sentiment in a reply of Comprehend."""
    scores = reply["SentimentScore"]
    return Score(
        sentiment=Sentiment(reply["Sentiment"]),
        scores=confidences(
            positive=scores.get("Positive", 0.0),
            negative=scores.get("Negative", 0.0),
            neutral=scores.get("Neutral", 0.0),
            mixed=scores.get("Mixed", 0.0),
        ),
    )


def combined(chunks: Sequence[tuple[int, Score]]) -> Score:
    """Return the sentiment of a document from its chunks, each with its length in characters.

    One chunk is the document. The confidences of several are averaged, weighted by length. Then what praise
    and blame have in common becomes mixed: chunks that contradict each other make a mixed document, whatever
    each says alone. The label is the highest confidence. A document with a chunk that could not be scored
    has that chunk's error.
    """
    if len(chunks) == 1:
        return chunks[0][1]
    if failed := next((score for _, score in chunks if score.scores is None), None):
        return failed
    total = sum(length for length, _ in chunks)

    def mean(name: str) -> float:
        return sum(length * float(getattr(score.scores, name)) for length, score in chunks) / total

    means = {name: mean(name) for name in ("positive", "negative", "neutral", "mixed")}
    contradiction = min(means["positive"], means["negative"])
    scores = confidences(
        positive=means["positive"] - contradiction,
        negative=means["negative"] - contradiction,
        neutral=means["neutral"],
        mixed=means["mixed"] + 2 * contradiction,
    )
    return Score(sentiment=highest(scores), scores=scores)


def highest(scores: SentimentScores, among: Iterable[Sentiment] = tuple(Sentiment)) -> Sentiment:
    """Return the label with the highest confidence; the first of equals."""
    return max(among, key=lambda sentiment: float(getattr(scores, sentiment.lower())))


def _stored(value: float) -> float:
    return round(min(1.0, max(0.0, value)), DECIMALS)
