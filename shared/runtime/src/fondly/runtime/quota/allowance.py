"""One task's share of the quotas of an API, and when its next call is due.

A bucket for requests and one for tokens fill at the task's share of their ceilings. They hold less than AWS's
buckets do, so calls within them are not throttled, and calls that a task could not send in time are made up
for. A call takes one request and the tokens that it reserves; those it did not use are put back at its end.
"""

import math
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fondly.runtime.quota.ceiling import Ceiling, Found
from fondly.runtime.quota.division import Division

REQUESTS_S, TOKENS_S = 1.0, 20.0
"""For how many seconds a bucket holds; calls are out for a while with more tokens than they will use."""
RECENT, FEW = 20, 5
"""The calls by which the rate in use is measured, and how many are too few."""
ROUNDING = 1e-9
EXHAUSTED_S, MAX_EXHAUSTED_S = 60.0, 900.0
"""How long to wait before looking again whether a quota of the day has been renewed, doubled each time."""


class Kind(StrEnum):
    """What a quota counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"


@dataclass(slots=True)
class _Bucket:
    """One quota as the task sees it."""

    ceiling: Ceiling
    holds_s: float
    level: float = 0.0
    at: float = 0.0
    recent: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=RECENT))

    def fill(self, now: float, per_s: float) -> None:
        """Add what has come since the last time."""
        gained = (now - self.at) * per_s if now > self.at else 0.0
        self.level = min(max(1.0, per_s * self.holds_s), self.level + gained)
        self.at = now

    def wait_s(self, amount: float, per_s: float) -> float:
        """Seconds until it holds `amount`, or all that it can hold."""
        lacking = min(amount, max(1.0, per_s * self.holds_s)) - self.level
        return 0.0 if lacking <= ROUNDING * amount else lacking / per_s

    def hold(self, now: float, level: float) -> None:
        """Have no more than that."""
        self.level, self.at = min(self.level, level), now

    def note(self, now: float, amount: float) -> None:
        """Take account of what was used."""
        self.recent.append((now, amount))

    def typical(self) -> float:
        """What a call uses of it, by the last ones; zero if there were none."""
        return sum(amount for _, amount in self.recent) / max(1, len(self.recent))

    def asked_per_s(self, now: float) -> float:
        """The rate at which the task has used it of late; infinite if there are too few calls to tell."""
        if not self.recent or (len(self.recent) < FEW and math.isfinite(self.ceiling.per_s(now))):
            return math.inf
        return sum(amount for _, amount in self.recent) / max(1.0, now - self.recent[0][0])


class Allowance:
    """The share of one task; pure, without a clock of its own. Rates are per second."""

    def __init__(
        self, requests_per_s: float, tokens_per_s: float = math.inf, *, chance: random.Random | None = None
    ) -> None:
        self.division = Division(1.0, 0.0)
        """The part of the ceilings that this task may use, and the part that the others do use."""
        self._buckets = {
            Kind.REQUESTS: _Bucket(Ceiling(requests_per_s), REQUESTS_S),
            Kind.TOKENS: _Bucket(Ceiling(tokens_per_s), TOKENS_S),
        }
        self._chance = chance or random.Random()  # noqa: S311 - not for security
        self._adapted_at = -math.inf
        self._closed_until = -math.inf
        self._pause_s = EXHAUSTED_S

    def per_s(self, kind: Kind, now: float) -> float:
        """What all tasks together may use."""
        return self._buckets[kind].ceiling.per_s(now)

    def calls_per_s(self, now: float) -> float:
        """How many calls all tasks together may send, by whichever quota allows fewer."""
        tokens = self._buckets[Kind.TOKENS]
        by_tokens = tokens.ceiling.per_s(now) / (tokens.typical() or 1.0)
        return min(self.per_s(Kind.REQUESTS, now), by_tokens if tokens.typical() else math.inf)

    def own_per_s(self, now: float) -> float:
        """How many calls this task may send."""
        return self._share(self._buckets[Kind.REQUESTS], now)

    def begin(self, now: float) -> None:
        """Start anew after a pause; the first call is due at random within a turn."""
        for bucket in self._buckets.values():
            bucket.recent.clear()
        self._buckets[Kind.REQUESTS].level = math.inf
        self._hold(now, level=self._chance.random())

    def delay(self, now: float, tokens: float) -> float:
        """Return how many seconds from now a call that reserves so many tokens is due; zero if it is now."""
        waits = [self._closed_until - now]
        for kind, bucket in self._buckets.items():
            per_s = self._share(bucket, now)
            bucket.fill(now, per_s)
            waits.append(bucket.wait_s(1.0 if kind is Kind.REQUESTS else tokens, per_s))
        return max(0.0, *waits)

    def take(self, now: float, tokens: float) -> None:
        """Take account of a call that is about to be sent."""
        self._buckets[Kind.REQUESTS].level -= 1.0
        self._buckets[Kind.REQUESTS].note(now, 1.0)
        self._buckets[Kind.TOKENS].level -= tokens

    def put_back(self, tokens: float) -> None:
        """Put back what a call reserved that was refused."""
        self._buckets[Kind.TOKENS].level += tokens

    def succeeded(self, now: float, *, reserved: float, used: float) -> None:
        """Take account of a call that was answered, and of the tokens that it reserved and used."""
        self._pause_s = EXHAUSTED_S
        self._buckets[Kind.TOKENS].level += reserved - used
        self._buckets[Kind.TOKENS].note(now, used)

    def throttled(self, now: float, kind: Kind, *, started: float, tokens: float) -> bool:
        """Take account of a throttled call; return whether the ceiling fell, which older calls do not do."""
        if started <= self._adapted_at:
            return False
        amount = 1.0 if kind is Kind.REQUESTS else tokens
        bucket = self._buckets[kind]
        asked = self._asked_per_s(bucket, now, amount)
        bucket.ceiling.drop(now, asked_per_s=asked, turn_s=amount / self._share(bucket, now))
        self._adapt(now)
        return True

    def exhausted(self, now: float, *, started: float) -> float | None:
        """Note a quota used up for the day; return for how long, None if that was known already."""
        if started < self._closed_until:
            return None
        pause_s = self._pause_s * self._chance.uniform(0.75, 1.25)
        self._pause_s = min(MAX_EXHAUSTED_S, 2 * self._pause_s)
        self._closed_until = now + pause_s
        for bucket in self._buckets.values():
            bucket.level, bucket.at = min(bucket.level, 1.0), self._closed_until
        return pause_s

    def found(self, now: float) -> dict[Kind, Found]:
        """What this task knows of the ceilings."""
        found = {kind: bucket.ceiling.found(now) for kind, bucket in self._buckets.items()}
        return {kind: each for kind, each in found.items() if each}

    def learn(self, now: float, found: Mapping[Kind, Found]) -> None:
        """Take over what other tasks have found since."""
        buckets = [(self._buckets[kind], each) for kind, each in found.items()]
        learnt = [each.ceiling.learn(now, one, turn_s=1.0 / self._share(each, now)) for each, one in buckets]
        if any(learnt):
            self._adapt(now)

    def _asked_per_s(self, bucket: _Bucket, now: float, amount: float) -> float:
        """What all tasks together have used of late, with what the others are thought to."""
        own, whole = bucket.asked_per_s(now), bucket.ceiling.per_s(now)
        if math.isfinite(whole):
            return own + whole * self.division.others
        return (own if math.isfinite(own) else amount) / (1 - self.division.others)

    def _adapt(self, now: float) -> None:
        """Let AWS's bucket recover, and the tasks change places among one another."""
        self._adapted_at = now
        self._hold(now, level=-self._chance.random())

    def _hold(self, now: float, *, level: float) -> None:
        """Let the next call be due when there is one more than `level`."""
        requests, tokens = self._buckets[Kind.REQUESTS], self._buckets[Kind.TOKENS]
        requests.hold(now, level)
        if math.isfinite(tokens.ceiling.per_s(now)):
            tokens.hold(now, 0.0)

    def _share(self, bucket: _Bucket, now: float) -> float:
        return bucket.ceiling.per_s(now) * self.division.part
