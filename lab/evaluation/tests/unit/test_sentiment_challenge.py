"""The set of odd short texts."""

from collections.abc import Sequence

import pytest

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment import challenge
from fondly.evaluation.sentiment.challenge import FILE, Case, evaluate_challenge, read_challenge
from fondly.evaluation.sentiment.reading import Row
from fondly.evaluation.sentiment.scoring import on_texts, understudy
from fondly.sentiment.domain.scores import Score

POSITIVE, NEUTRAL = Sentiment.POSITIVE, Sentiment.NEUTRAL
CASES = [
    Case("10/10", POSITIVE, "marks"),
    Case("9/10", POSITIVE, "marks"),
    Case("xkqzt", NEUTRAL, "unreadable"),
    Case("qqqq", NEUTRAL, "unreadable"),
    Case("wwww", NEUTRAL, "unreadable"),
]


def always_neutral(rows: Sequence[Row]) -> list[Score]:
    """An engine that is surer of itself with every row; it fails at the last."""
    sure = [
        SentimentScores(positive=0.1, negative=0, neutral=0.5 + row.line / 20, mixed=0) for row in rows[:-1]
    ]
    scored = [Score(sentiment=NEUTRAL, scores=scores) for scores in sure]
    return [*scored, Score(error="InternalServerException")]


def test_an_unreadable_text_must_be_neutral_and_unsure() -> None:
    """0.65 is unsure, 0.7 is not; what could not be scored is wrong."""
    found = evaluate_challenge(CASES, always_neutral, engine="ours")
    assert (found.kinds["marks"].right, found.kinds["marks"].of) == (0, 2)
    assert (found.kinds["unreadable"].right, found.kinds["unreadable"].of) == (1, 3)
    assert found.accuracy == 1 / 5
    assert [(case.text, case.returned) for case in found.wrong] == [
        ("10/10", NEUTRAL),
        ("9/10", NEUTRAL),
        ("qqqq", NEUTRAL),
        ("wwww", None),
    ]


@pytest.mark.skipif(not FILE.is_file(), reason="the installed understudy has no challenge set")
def test_the_packaged_set_can_be_measured() -> None:
    """Every case has a label and a kind."""
    cases = read_challenge()
    found = evaluate_challenge(cases, on_texts(understudy()), engine="understudy")
    assert sum(kind.of for kind in found.kinds.values()) == len(cases) >= 200


def test_a_missing_set_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback."""
    monkeypatch.setattr(challenge, "FILE", FILE.joinpath("..", "none.jsonl"))
    with pytest.raises(EvaluationError, match="has no challenge set"):
        read_challenge()
