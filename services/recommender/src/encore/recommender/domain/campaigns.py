"""A dataset group's campaign, and when it has been idle for long enough to be deleted.

A campaign is billed for as long as it exists. Whoever uses it leaves a new beat; delayed messages look at it.
Once the beat has stayed the same for so many of them, the campaign is deleted. SQS delays the messages, so it
is the only clock, as it is for turns.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from encore.contracts.events import CampaignPoll
from encore.runtime.runs.campaigns import CampaignUse

MAX_DELAY_S = 900
"""For so long SQS delays a message at most."""


class WatchedCampaign(NamedTuple):
    """What is recorded of it: who watches it, the number of the last poll, and the last sign of use."""

    watch: str
    poll: int
    beat: str
    run_id: str
    """The run for which it is kept: it is on that run's bill."""
    since: datetime
    """Since when it has been on it."""
    is_resting: bool = False
    """Whether it is being deleted: whoever finds this out goes on with it."""

    def units(self, tps: int, now: datetime) -> Mapping[str, Decimal]:
        """Return what is charged for its existence until now; requests are on the run's bill one by one."""
        existed_s = max(0.0, (now - self.since).total_seconds())
        return CampaignUse(tps=tps, existed_s=existed_s, requests=0, asked_s=0).units


class Idleness(NamedTuple):
    """For how many polls, so many seconds apart, a campaign must have been idle."""

    polls: int
    delay_s: int

    @classmethod
    def of(cls, idle_s: float) -> "Idleness":
        """Divide a time into as few polls as SQS allows."""
        polls = max(1, math.ceil(idle_s / MAX_DELAY_S))
        return cls(polls, max(1, math.ceil(idle_s / polls)))

    @property
    def sign_s(self) -> float:
        """How often to leave a sign of use, so that no poll is quiet meanwhile."""
        return self.delay_s / 3

    def is_over(self, poll: CampaignPoll, found: WatchedCampaign) -> bool:
        """Whether this poll shows that the campaign has been idle for long enough."""
        return found.beat == poll.beat and poll.quiet + 1 >= self.polls

    def following(self, poll: CampaignPoll, found: WatchedCampaign) -> CampaignPoll:
        """Return the poll after this one."""
        quiet = poll.quiet + 1 if found.beat == poll.beat else 0
        return CampaignPoll(watch=poll.watch, number=poll.number + 1, beat=found.beat, quiet=quiet)
