"""The figures of an engine on labelled rows."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.sentiment.metrics import (
    Calibration,
    Share,
    calibration,
    confusion,
    macro_f1,
    share,
)
from fondly.evaluation.sentiment.reading import Labelled
from fondly.evaluation.sentiment.scoring import Timed
from fondly.evaluation.sentiment.table_files import BadRow
from fondly.sentiment.domain.texts import chunks

SIDES = (Sentiment.POSITIVE, Sentiment.NEGATIVE)
FIRST_BAD_ROWS = 10


class Shares(Frozen):
    """Shares with their counts and Wilson intervals; `SentimentReport` says what each is."""

    accuracy: Share
    label_accuracy: Share
    told_liked: dict[Sentiment, Share]
    too_long: Share


class SentimentReport(Frozen):
    """How right an engine is about the rows that it could score; shares are 0 to 1."""

    engine: str
    rows: int
    accuracy: float | None
    """Of the rows labelled positive or negative, those whose score for that is the higher of the two; equal
    scores count as positive. None if there are no such rows."""
    label_accuracy: float
    """Of all rows, those for which the expected label was returned."""
    macro_f1: float
    macro_f1_labels: tuple[Sentiment, ...]
    """The labels that the rows have, over which `macro_f1` is the mean."""
    expected_calibration_error: float
    """Of positive / (positive + negative) if the rows have no other labels, else of the returned label."""
    told_liked: dict[Sentiment, float]
    """The share of positive and of negative rows whose scores count as a liking."""
    reviews_per_cpu_second: float | None
    """Of this process; None where another machine does the work."""
    too_long: float
    """The share of texts that were scored in chunks."""
    errors: dict[str, int]
    """How many rows could not be scored, by the engine's error."""
    readable_rows: int
    """How many rows the file has, before any were drawn."""
    bad_rows: int
    first_bad_rows: tuple[BadRow, ...]
    unmapped_labels: dict[str, int]
    """How many rows were left out, by the value of their label."""
    confusion: dict[Sentiment, dict[Sentiment, int]]
    """How many rows by expected label, then by returned label."""
    calibration: Calibration
    intervals: Shares


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
    found = _calibration(judged, two_class=set(counts) <= set(SIDES))
    shares = _shares(judged, labelled)
    return SentimentReport(
        engine=engine,
        rows=len(judged),
        accuracy=shares.accuracy.share if shares.accuracy.of else None,
        label_accuracy=shares.label_accuracy.share,
        macro_f1=macro_f1(counts),
        macro_f1_labels=tuple(counts),
        expected_calibration_error=found.error,
        told_liked={label: each.share for label, each in shares.told_liked.items()},
        reviews_per_cpu_second=len(labelled.rows) / timed.cpu_s if timed.cpu_s else None,
        too_long=shares.too_long.share,
        errors=dict(errors),
        readable_rows=readable_rows,
        bad_rows=len(labelled.bad),
        first_bad_rows=tuple(labelled.bad[:FIRST_BAD_ROWS]),
        unmapped_labels=dict(labelled.unmapped),
        confusion={label: dict(row) for label, row in counts.items()},
        calibration=found,
        intervals=shares,
    )


def _shares(judged: Sequence[_Judged], labelled: Labelled) -> Shares:
    return Shares(
        accuracy=share(_is_right_side(each) for each in judged if each.label in SIDES),
        label_accuracy=share(each.label is each.returned for each in judged),
        told_liked=_told_liked(judged),
        too_long=share(len(chunks(row.text)) > 1 for row in labelled.rows),
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
