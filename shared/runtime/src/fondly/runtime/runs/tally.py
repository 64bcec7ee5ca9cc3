"""What has become of a run's emails, counted.

A dispatch is written by two: the sender says what came of handing the email over, the feedback process what
was reported of it later. Each counts what it has written itself, and never waits for the other.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.records import Count

Counts = Counter[str]
"""Numbers by name, such as `outcomes.sent`, `suppressed.frequency`, `bounced.hard`."""
CLICKED = "clicked.emails"


class Tally(BaseModel):
    """How many of a run's emails have each outcome, and why."""

    model_config = ConfigDict(frozen=True)
    outcomes: dict[Outcome, Count] = {}
    suppressed: dict[str, Count] = {}
    """The suppressed emails by reason, one of `NotSent`."""
    bounced: dict[str, Count] = {}
    """The provider's reports about sent emails: `hard`, `soft`, `complaint`."""
    clicked: Count = 0
    """Sent emails whose links somebody has followed, where clicks are counted."""
    transports: dict[str, Count] = Field(default_factory=dict)
    """The sent emails by transport."""
    doubts: dict[Literal["sent", "refuted"], Count] = {}
    """Emails that were in doubt, by what has been found out: they had been accepted, or not."""

    @classmethod
    def of_counts(cls, counts: Counts) -> "Tally":
        """Return what these numbers say, most frequent first."""
        members: dict[str, dict[str, int]] = {}
        for name, number in counts.most_common():
            member, _, key = name.partition(".")
            if number > 0:
                members.setdefault(member, {})[key] = number
        return cls.model_validate({**members, "clicked": counts[CLICKED]})

    @property
    def settled(self) -> int:
        """How many emails are settled: something final is known of them."""
        return sum(number for outcome, number in self.outcomes.items() if outcome.is_final)

    def of(self, outcome: Outcome) -> int:
        """How many emails have an outcome."""
        return self.outcomes.get(outcome, 0)


def by_sender(dispatches: Iterable[Dispatch]) -> Counts:
    """What the sender counts of dispatches: as they were before a report proved that they had been sent."""
    counts = Counts()
    for each in dispatches:
        counts.update(_outcome(each.proved_from or each.outcome, each))
        if each.refuted:
            counts["doubts.refuted"] += 1
    return counts


def by_feedback(dispatch: Dispatch) -> Counts:
    """What the feedback process counts of a dispatch; -1 of the outcome that it has changed."""
    counts = Counts()
    if dispatch.proved_from:
        counts.update(_outcome(dispatch.outcome, dispatch))
        counts.subtract(_outcome(dispatch.proved_from, dispatch))
    if dispatch.proved_from is Outcome.IN_DOUBT:
        counts["doubts.sent"] = 1
    if dispatch.bounced:
        counts[f"bounced.{dispatch.bounced}"] = 1
    if dispatch.clicked_at is not None:
        counts[CLICKED] = 1
    return counts


def _outcome(outcome: Outcome, dispatch: Dispatch) -> Counts:
    why = {
        Outcome.SUPPRESSED: f"suppressed.{dispatch.reason}",
        Outcome.SENT: f"transports.{dispatch.transport}",
    }
    return Counts([f"outcomes.{outcome}", *([why[outcome]] if outcome in why else [])])
