"""The figures of an engine on labelled rows."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from encore.contracts.records import Sentiment, SentimentScores
from encore.evaluation.errors import EvaluationError
from encore.evaluation.sentiment.long_texts import is_too_long
from encore.evaluation.sentiment.metrics import (
    Calibration,
    Share,
    calibration,
    confusion,
    macro_f1,
    share,
)
from encore.evaluation.sentiment.reading import Labelled
from encore.evaluation.sentiment.scoring import Timed
from encore.evaluation.sentiment.table_files import BadRow

SIDES = (Sentiment.POSITIVE, Sentiment.NEGATIVE)
FIRST_BAD_ROWS = 10


class SentimentReport(BaseModel):
    """How right an engine is about the rows that it could score.

    `accuracy` takes the rows labelled positive or negative and compares the positive score with the negative
    one; equal ones count as positive. `label_accuracy` takes all rows and compares labels. `macro_f1` is over
    `macro_f1_labels`, those that the rows have. `told_liked` says how many texts by label count as a liking.
    `too_long` is the share of texts that were scored in chunks.
    """

    model_config = ConfigDict(frozen=True)

    engine: str
    rows: int
    readable_rows: int
    """How many rows the file has, before any were drawn."""
    bad_rows: int
    first_bad_rows: tuple[BadRow, ...]
    unmapped_labels: dict[str, int]
    accuracy: Share
    label_accuracy: Share
    macro_f1: float
    macro_f1_labels: tuple[Sentiment, ...]
    confusion: dict[Sentiment, dict[Sentiment, int]]
    calibration: Calibration
    told_liked: dict[Sentiment, Share]
    too_long: Share
    errors: dict[str, int]
    """How many texts could not be scored, by the engine's error."""
    reviews_per_cpu_second: float | None
    """Of this process; None where another machine does the work."""

    @property
    def is_two_class(self) -> bool:
        """Whether the rows are labelled positive or negative and nothing else."""
        return set(self.macro_f1_labels) <= set(SIDES)


class _Judged(NamedTuple):
    label: Sentiment
    returned: Sentiment
    scores: SentimentScores


def evaluate_rows(labelled: Labelled, timed: Timed, *, engine: str, readable_rows: int) -> SentimentReport:
    """Compare scores with labels; raise `EvaluationError` if no row could be scored.

    `engine` names what scored the rows, which may be drawn from `readable_rows` rows of the file.
    """
    judged = [
        _Judged(row.label, score.sentiment, score.scores)
        for row, score in zip(labelled.rows, timed.scores, strict=True)
        if score.sentiment is not None and score.scores is not None
    ]
    errors = Counter(score.error for score in timed.scores if score.error)
    if not judged:
        raise EvaluationError(f"no text could be scored: {', '.join(errors)}")
    counts = confusion((each.label, each.returned) for each in judged)
    return SentimentReport(
        engine=engine,
        rows=len(judged),
        readable_rows=readable_rows,
        bad_rows=len(labelled.bad),
        first_bad_rows=tuple(labelled.bad[:FIRST_BAD_ROWS]),
        unmapped_labels=dict(labelled.unmapped),
        accuracy=share(_is_right_side(each) for each in judged if each.label in SIDES),
        label_accuracy=share(each.label is each.returned for each in judged),
        macro_f1=macro_f1(counts),
        macro_f1_labels=tuple(counts),
        confusion={label: dict(row) for label, row in counts.items()},
        calibration=_calibration(judged, two_class=set(counts) <= set(SIDES)),
        told_liked=_told_liked(judged),
        too_long=share(is_too_long(row.text) for row in labelled.rows),
        errors=dict(errors),
        reviews_per_cpu_second=len(labelled.rows) / timed.cpu_s if timed.cpu_s else None,
    )


def _is_right_side(judged: _Judged) -> bool:
    return (judged.scores.polarity >= 0) == (judged.label is Sentiment.POSITIVE)


def _calibration(judged: Sequence[_Judged], *, two_class: bool) -> Calibration:
    """Of the probability of positive beside negative for two classes, else of the returned label's score."""
    if two_class:
        confidences = [_positive_share(each.scores) for each in judged]
        right = [each.label is Sentiment.POSITIVE for each in judged]
    else:
        confidences = [getattr(each.scores, each.returned.lower()) for each in judged]
        right = [each.label is each.returned for each in judged]
    return calibration(np.array(confidences), np.array(right))


def _positive_share(scores: SentimentScores) -> float:
    both = scores.positive + scores.negative
    return scores.positive / both if both else 0.5


def _told_liked(judged: Sequence[_Judged]) -> dict[Sentiment, Share]:
    found = {label: [each.scores.is_liking for each in judged if each.label is label] for label in SIDES}
    return {label: share(likings) for label, likings in found.items() if likings}
