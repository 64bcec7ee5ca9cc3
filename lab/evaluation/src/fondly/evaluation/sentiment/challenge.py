"""The frozen set of odd short texts that comes with understudy: how many of each kind are read right."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from fondly.contracts.records import Sentiment
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.sentiment.metrics import Share, share
from fondly.evaluation.sentiment.reading import Row
from fondly.evaluation.sentiment.scoring import RowScorer
from fondly.sentiment.domain.scores import Score

FILE = files("understudy.engines.sentiment") / "challenge.jsonl"
UNREADABLE = "unreadable"
"""The kind of text that nobody can judge: it must be neutral, and no score may be high."""
UNREADABLE_BELOW = 0.7


class Case(NamedTuple):
    """A text, what it says, and which kind of oddity it is."""

    text: str
    label: Sentiment
    kind: str


class WrongCase(Frozen):
    """A text that was not read as it should be; no label if it could not be scored."""

    kind: str
    text: str
    expected: Sentiment
    returned: Sentiment | None


class ChallengeReport(Frozen):
    """The share of cases that were read right, by kind and in all, and those that were not."""

    engine: str
    accuracy: float
    right: Share
    kinds: dict[str, Share]
    wrong: tuple[WrongCase, ...]


def read_challenge() -> list[Case]:
    """Return all cases; raise `EvaluationError` if the installed understudy has none."""
    if not FILE.is_file():
        raise EvaluationError("the installed understudy has no challenge set")
    lines = (json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if line)
    return [Case(each["text"], Sentiment(each["label"]), each["kind"]) for each in lines]


def evaluate_challenge(cases: Sequence[Case], scorer: RowScorer, *, engine: str) -> ChallengeReport:
    """Score all cases. An unreadable text is right if it is neutral and no score is 0.7 or more."""
    scores = scorer([Row(line, case.text, case.label) for line, case in enumerate(cases, start=1)])
    right = [_is_right(case, score) for case, score in zip(cases, scores, strict=True)]
    total = share(right)
    kinds = dict.fromkeys(case.kind for case in cases)
    judged = list(zip(cases, scores, right, strict=True))
    return ChallengeReport(
        engine=engine,
        accuracy=total.share,
        right=total,
        kinds={kind: share(is_right for case, _, is_right in judged if case.kind == kind) for kind in kinds},
        wrong=tuple(
            WrongCase(kind=case.kind, text=case.text, expected=case.label, returned=score.sentiment)
            for case, score, is_right in judged
            if not is_right
        ),
    )


def _is_right(case: Case, score: Score) -> bool:
    if score.sentiment is not case.label or score.scores is None:
        return False
    return case.kind != UNREADABLE or max(score.scores.model_dump().values()) < UNREADABLE_BELOW
