"""What a piece of work comes to: the answers that it paid for, and those that were known."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from encore.sentiment.domain.texts import Text

CLAIM_WRITES = 2
"""A write in a transaction counts twice."""


@dataclass(frozen=True)
class Answer:
    """A kept answer, and which piece of work paid for it."""

    result: str
    payer: str


@dataclass(frozen=True)
class Bill:
    """The counts and billable units of one payer, the same after every delivery of its message."""

    payer: str
    counts: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Mapping[str, Text], answers: Mapping[str, Answer]) -> None:
        """Add texts, by key: those that this payer paid for in any delivery, and those known from elsewhere."""
        paid = [text for key, text in texts.items() if answers[key].payer == self.payer]
        self.counts["texts_asked"] += len(paid)
        self.counts["texts_known"] += len(texts) - len(paid)
        self.units["comprehend.units"] += sum(text.units for text in paid)
        self.units["dynamodb.reads"] += len(texts)
        self.units["dynamodb.writes"] += (1 + CLAIM_WRITES) * len(paid)
