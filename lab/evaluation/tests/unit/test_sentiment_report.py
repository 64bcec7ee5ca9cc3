"""The figures of labelled rows, with scores made up so that they can be computed by hand."""

from collections.abc import Sequence

import pytest

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment.reading import Labelled, Row
from fondly.evaluation.sentiment.report import SentimentReport, evaluate_rows
from fondly.evaluation.sentiment.scoring import Timed
from fondly.evaluation.sentiment.table_files import BadRow
from fondly.sentiment.domain.scores import Score

POSITIVE, NEGATIVE, NEUTRAL = Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL


def scored(label: Sentiment, positive: float, negative: float, neutral: float = 0.0) -> Score:
    """What an engine returns."""
    scores = SentimentScores(positive=positive, negative=negative, neutral=neutral, mixed=0.0)
    return Score(sentiment=label, scores=scores)


def evaluate(*pairs: tuple[Sentiment, Score], cpu_s: float | None = None) -> SentimentReport:
    """Evaluate rows of these labels and scores."""
    rows = [Row(number, "text", label) for number, (label, _) in enumerate(pairs, start=2)]
    return evaluate_rows(
        Labelled(rows), Timed([score for _, score in pairs], cpu_s), engine="ours", readable_rows=len(rows)
    )


TWO_CLASSES: Sequence[tuple[Sentiment, Score]] = [
    (POSITIVE, scored(POSITIVE, 0.9, 0.1)),
    (POSITIVE, scored(NEUTRAL, 0.3, 0.1, 0.6)),
    (NEGATIVE, scored(NEGATIVE, 0.2, 0.8)),
    (NEGATIVE, scored(POSITIVE, 0.6, 0.4)),
]


def test_both_readings_of_accuracy() -> None:
    """By score 3 of 4; by label 2 of 4, as a positive text was called neutral."""
    found = evaluate(*TWO_CLASSES)
    assert (found.accuracy, found.label_accuracy) == (0.75, 0.5)
    assert found.intervals.accuracy.right == 3
    assert found.confusion[POSITIVE][NEUTRAL] == 1


def test_accuracy_by_score_leaves_other_labels_out() -> None:
    """Accuracy by label does not."""
    found = evaluate((NEUTRAL, scored(POSITIVE, 0.9, 0.1)), *TWO_CLASSES)
    assert (found.accuracy, found.label_accuracy) == (0.75, 0.4)
    assert evaluate((NEUTRAL, scored(POSITIVE, 0.9, 0.1))).accuracy is None


def test_macro_f1_names_its_labels() -> None:
    """Positive: 2 / (2 + 2); negative: 2 / (2 + 1)."""
    found = evaluate(*TWO_CLASSES)
    assert found.macro_f1_labels == (POSITIVE, NEGATIVE)
    assert found.macro_f1 == pytest.approx((2 / 4 + 2 / 3) / 2)


def test_two_classes_are_calibrated_by_positive_beside_negative() -> None:
    """0.9 and 0.75 are positive, 0.2 and 0.6 are not."""
    found = evaluate(*TWO_CLASSES)
    assert found.expected_calibration_error == pytest.approx((0.1 + 0.25 + 0.2 + 0.6) / 4)


def test_more_classes_are_calibrated_by_the_returned_label() -> None:
    """0.6 and right, 0.9 and wrong."""
    found = evaluate(
        (NEUTRAL, scored(NEUTRAL, 0.3, 0.1, 0.6)),
        (POSITIVE, scored(NEGATIVE, 0.1, 0.9)),
    )
    assert found.expected_calibration_error == pytest.approx((0.4 + 0.9) / 2)


def test_without_positive_and_negative_a_text_is_neither() -> None:
    """No division by zero: the two are equally likely."""
    found = evaluate((POSITIVE, scored(NEUTRAL, 0.0, 0.0, 1.0)))
    assert found.calibration.bins[0].confidence == 0.5


def test_told_liked_counts_by_the_one_rule_of_contracts() -> None:
    """Positive rows have polarities 0.8 and 0.2, negative ones -0.6 and 0.2."""
    assert evaluate(*TWO_CLASSES).told_liked == {POSITIVE: 0.5, NEGATIVE: 0.0}


def test_rows_that_could_not_be_scored_are_counted_by_error() -> None:
    """They are in no figure."""
    failed = Score(error="InternalServerException")
    found = evaluate((POSITIVE, failed), *TWO_CLASSES)
    assert (found.rows, found.accuracy) == (4, 0.75)
    assert found.errors == {"InternalServerException": 1}
    with pytest.raises(EvaluationError, match="no text could be scored: InternalServerException"):
        evaluate((POSITIVE, failed))


def test_speed_is_rows_per_cpu_second_of_this_process() -> None:
    """Where another machine does the work, nobody knows."""
    assert evaluate(*TWO_CLASSES, cpu_s=2.0).reviews_per_cpu_second == 2.0
    assert evaluate(*TWO_CLASSES).reviews_per_cpu_second is None


def test_what_was_left_out_is_in_the_report() -> None:
    """Bad rows, labels without a meaning, and how many texts were too long."""
    rows = [Row(2, "text", POSITIVE), Row(3, "long " * 1001, POSITIVE)]
    labelled = Labelled(rows, [BadRow(line=4, reason="text is empty")], {"what": 3})
    scores = [scored(POSITIVE, 0.9, 0.1)] * 2
    found = evaluate_rows(labelled, Timed(scores), engine="ours", readable_rows=10)
    assert (found.bad_rows, found.first_bad_rows[0].line) == (1, 4)
    assert (found.unmapped_labels, found.too_long, found.readable_rows) == ({"what": 3}, 0.5, 10)
