"""Scores rows in this process: with understudy's model, with VADER, or the terms in them with aspects."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec

from fondly.aspects import AspectReader
from fondly.contracts.records import Sentiment, SentimentScores
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment.reading import Row
from fondly.sentiment.domain.scores import Score, combined, highest
from fondly.sentiment.domain.texts import chunks
from understudy.engines.sentiment import Scores, SentimentModel

VADER_NEUTRAL_BELOW = 0.05
"""Compound scores nearer to 0 are neutral, as VADER's authors recommend."""
TERM_LABELS = (Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL)
NO_WORD = "NO_WORD_IN_TERM"
"""The error of a term that is all marks."""

Engine = Callable[[Sequence[str]], list[Score]]
"""Returns a score, or an error, for each text of at most 5,000 bytes, in order."""
RowScorer = Callable[[Sequence[Row]], list[Score]]
"""The same for rows."""


class Prior(StrEnum):
    """Which mix of opinions understudy's model expects: as many of each, or mostly positive ones."""

    BALANCED = "balanced"
    NATURAL = "natural"


@dataclass(frozen=True, slots=True)
class Timed:
    """Scores, and the CPU seconds of this process that they took; None if another machine did the work."""

    scores: Sequence[Score]
    cpu_s: float | None = None


def understudy(prior: Prior | None = None) -> Engine:
    """Load understudy's model, with its own prior if none is given."""
    load: Callable[..., SentimentModel] = SentimentModel.load
    model = load(prior=prior.value) if prior else load()
    return lambda texts: [score_of(each) for each in model.score(texts)]


def vader() -> Engine:
    """Load VADER, whose compound score is the polarity here; it is no probability.

    Source: Hutto, Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media
    text", ICWSM 2014. Raises `EvaluationError` if it is not installed.
    """
    if not has_vader():
        raise EvaluationError(
            "vaderSentiment is not installed; the extra fondly-evaluation[baselines] has it"
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - an optional library

    analyser = SentimentIntensityAnalyzer()
    return lambda texts: [_from_compound(analyser.polarity_scores(text)["compound"]) for text in texts]


def has_vader() -> bool:
    """Return whether VADER is installed."""
    return find_spec("vaderSentiment") is not None


def score_texts(texts: Sequence[str], engine: Engine) -> list[Score]:
    """Return a score or an error for each text of any length; one that is too long is scored in chunks."""
    divided = [chunks(text) for text in texts]
    found = iter(engine([chunk.words for text in divided for chunk in text]))
    return [combined([(len(chunk.words), next(found)) for chunk in text]) for text in divided]


def on_texts(engine: Engine) -> RowScorer:
    """Score the whole text of each row."""
    return lambda rows: score_texts([row.text for row in rows], engine)


def on_terms() -> RowScorer:
    """Score the term of each row with `fondly.aspects`: positive, negative or neutral."""
    reader = AspectReader.load()

    def score(row: Row) -> Score:
        try:
            scores = reader.polarity(row.text, row.begin, row.end)
        except ValueError:
            return Score(error=NO_WORD)
        return Score(sentiment=highest(scores, TERM_LABELS), scores=scores)

    return lambda rows: [score(row) for row in rows]


def timed(scorer: RowScorer, rows: Sequence[Row]) -> Timed:
    """Score rows and count the CPU time of all threads, after a first row that loads what is loaded late."""
    scorer(rows[:1])
    started_s = time.process_time()
    scores = scorer(rows)
    return Timed(scores, time.process_time() - started_s)


def score_of(found: Scores) -> Score:
    """Return what understudy's model found as the services store it."""
    members = {name: getattr(found, name) for name in SentimentScores.model_fields}
    return Score(sentiment=Sentiment(found.label), scores=SentimentScores(**members))


def _from_compound(compound: float) -> Score:
    scores = SentimentScores(positive=(1 + compound) / 2, negative=(1 - compound) / 2, neutral=0, mixed=0)
    if abs(compound) < VADER_NEUTRAL_BELOW:
        return Score(sentiment=Sentiment.NEUTRAL, scores=scores)
    return Score(sentiment=Sentiment.POSITIVE if compound > 0 else Sentiment.NEGATIVE, scores=scores)
