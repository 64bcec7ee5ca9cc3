"""What a piece of work comes to: the answers that it paid for, and those that were known."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fondly.contracts.counts import Counted
from fondly.runtime.runs.run import part_name
from fondly.sentiment.domain.texts import Text

if TYPE_CHECKING:
    from fondly.runtime.kept_answers import Answer

WRITES_PER_ANSWER = 3
"""A lock, which is a transaction and counts twice, and the answer."""


def part_payer(run_id: str, part: int) -> str:
    """The name of a part as a payer."""
    return f"{run_id}/{part_name(part)}"


@dataclass(frozen=True)
class Bill:
    """The counts and billable units of one payer, the same however often its message comes."""

    payer: str
    counts: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Mapping[str, Text], answers: Mapping[str, "Answer"]) -> None:
        """Add texts, by key: those that this payer paid for in any attempt, and the others as known."""
        paid = [text for key, text in texts.items() if answers[key].payer == self.payer]
        self.counts[Counted.TEXTS_KNOWN] += len(texts) - len(paid)
        self.units["dynamodb.reads"] += len(texts)
        self.counts[Counted.TEXTS_ASKED] += len(paid)
        self.units["comprehend.units"] += sum(text.units for text in paid)
        self.units["dynamodb.writes"] += WRITES_PER_ANSWER * len(paid)
