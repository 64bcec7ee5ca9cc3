"""Two hundred odd short texts, on which the model was never trained and by which nothing in it was chosen.

They were written before the first training and are frozen: ratings and stars, emoji, negation, contrast,
idioms, Hindi in Latin letters, misspellings, bare nouns, facts, lukewarm verdicts, and unreadable text.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from understudy.engines.sentiment.model import Scores, SentimentModel

CHALLENGE_FILE = files("understudy.engines.sentiment") / "challenge.jsonl"
UNREADABLE = "unreadable"
MOST_CONFIDENCE_UNREAD = 0.7
"""Text that cannot be read must be neutral, and no score may reach this."""


@dataclass(frozen=True)
class Case:
    """A text, the label that any reader would give it, and what is odd about it."""

    text: str
    label: str
    kind: str

    def accepts(self, scores: Scores) -> bool:
        """Tell whether the scores are right for the text."""
        highest = max(scores.positive, scores.negative, scores.neutral, scores.mixed)
        is_sure = highest >= MOST_CONFIDENCE_UNREAD
        return scores.label == self.label and not (self.kind == UNREADABLE and is_sure)


@dataclass(frozen=True)
class Tally:
    """How many of how many cases are right."""

    right: int
    total: int


def cases() -> list[Case]:
    """Return all cases, in the file's order."""
    lines = CHALLENGE_FILE.read_text(encoding="utf-8").splitlines()
    return [Case(**json.loads(line)) for line in lines]


def challenge(model: SentimentModel) -> dict[str, Tally]:
    """Return the model's results by kind."""
    every = cases()
    verdicts: dict[str, list[bool]] = defaultdict(list)
    for case, scores in zip(every, model.score([case.text for case in every]), strict=True):
        verdicts[case.kind].append(case.accepts(scores))
    return {kind: Tally(sum(found), len(found)) for kind, found in verdicts.items()}
