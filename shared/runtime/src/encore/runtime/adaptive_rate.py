"""Shares a quota of calls per second among any number of processes that know nothing of one another.

A process has a share of the quota: all of it, a half, a third, and so on. Throttled calls tell it which. It
starts with a quarter and doubles its share until calls are throttled, then holds the last that was good. Now
and then it tries the next larger one, and gives that up at the first throttled call. A process that holds its
share takes more throttled calls before it gives way, so that it does not pay for what another tries; a large
share gives way sooner than a small one, as it meets more throttled calls. Shares are fractions that all
processes know, so chance does not drive them apart, and fair ones stay just below the quota. See ADR 17.

Slow start, careful trials beyond the last good rate, and one reaction per round trip are those of congestion
control (RFC 5681, section 3.1; RFC 9438, section 4). Times are seconds of one monotonic clock.
"""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from botocore.exceptions import ClientError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from encore.runtime.logs import get_logger
from encore.runtime.retry import (
    PACED_BASE_S,
    PACED_CAP_S,
    PACED_TRIES,
    THROTTLED_TRIES,
    ExhaustedError,
    is_throttled,
    is_transient,
)

Result = TypeVar("Result")
USED = 0.98
"""How much of the quota all shares together may use: early calls and clocks need the rest."""
JITTER = 0.6
FIRST_DIVISOR = 4
MAX_DIVISOR = 1000
GENTLE = 0.75
"""A trial's divisor relative to that of the share that is held, rounded up but at least 1 smaller."""
YIELDING = 1.15
"""The divisor after giving way, relative to before, rounded up."""
SETTLE_S = 1.3
"""A server that saves up a second's worth of calls throttles none before."""
FIRST_CALLS, START_CALLS, TRIAL_CALLS = 2, 12, 8
"""Calls that a share takes, besides a time, to count as good: at first, later in the start, in a trial."""
TRIAL_S = 15.0
SHORT_HOLD_S = 8.0
HOLD_S, MAX_HOLD_S = 90.0, 240.0
"""How long a share is held at least before the next trial; at random up to twice that."""
MEMORY_S, MEMORY_CALLS = 20.0, 10
"""How long a throttled call counts as a reason to give way."""
DEAF_S, DEAF_CALLS = 1.0, 3
"""How long after a reaction throttled calls are put down to the others, who have yet to react."""
CATCH_UP_S = 1.0
"""How much of the time in which a process could not send its calls is made up for, within the quota."""
log = get_logger()


class Phase(Enum):
    """What a throttled call means."""

    START = "start"
    HOLD = "hold"
    TRIAL = "trial"


class AdaptiveRate:
    """One process's share of a quota, and when its next call is due; pure, without a clock of its own."""

    def __init__(self, quota_per_s: float, *, chance: random.Random | None = None) -> None:
        self._quota_per_s = quota_per_s
        self._chance = chance or random.Random()  # noqa: S311 - not for security
        self._phase = Phase.START
        self._divisor = FIRST_DIVISOR
        self._good: int | None = None
        self._is_halved = False
        self._good_after: float | None = None
        self._next = self._earliest = 0.0
        self._deaf_until = -math.inf
        self._throttles: list[float] = []
        self._hold_s = HOLD_S
        self._round_trip_s = 0.0

    @property
    def calls_per_s(self) -> float:
        """The present rate, below the quota."""
        return self._quota_per_s * USED / self._divisor

    def delay(self, now: float) -> float:
        """Reserve the next call, and return how many seconds from now it is due.

        Calls are at least `1 / quota_per_s` apart. The rest of their distance is random: if processes were in
        step, one of them would meet all throttled calls.
        """
        if self._good_after is None:
            self._good_after = now + self._settling_s(FIRST_CALLS)
            self._next = now + self._chance.random() / self.calls_per_s
        due = max(now, self._next, self._earliest)
        self._earliest = due + 1 / self._quota_per_s
        slack_s = 1 / self.calls_per_s - 1 / self._quota_per_s
        jitter = self._chance.uniform(-JITTER, JITTER) if self._divisor > 1 else 0
        gap_s = 1 / self._quota_per_s + slack_s * (1 + jitter)
        self._next = max(self._next, now - CATCH_UP_S) + gap_s
        return due - now

    def on_success(self, now: float, *, started: float) -> None:
        """Take account of a call, sent at `started`, that was not throttled."""
        self._round_trip_s = max(0.9 * self._round_trip_s, now - started)
        if self._good_after is None or now < self._good_after:
            return
        if self._phase is Phase.START:
            self._double(now)
        elif self._phase is Phase.TRIAL:
            self._hold_s = HOLD_S
            self._hold(now, SHORT_HOLD_S)
        elif self._divisor > 1:
            self._try_larger(now)

    def on_throttle(self, now: float, *, started: float) -> None:
        """Take account of a throttled call, sent at `started`, unless that was before the last reaction."""
        if started <= self._deaf_until:
            return
        self._deaf_until = now
        memory_s = MEMORY_S + MEMORY_CALLS / self.calls_per_s
        self._throttles = [*(each for each in self._throttles if now - each < memory_s), now]
        if len(self._throttles) >= self._patience():
            self._react(now)
        self._next = max(self._next, now) + self._chance.random() / self.calls_per_s

    def _patience(self) -> int:
        """How many throttled calls it takes to react."""
        if self._phase is Phase.HOLD:
            return min(3, max(2, round(0.75 * self._divisor)))
        return 2 if self._phase is Phase.START and self._divisor == FIRST_DIVISOR and not self._good else 1

    def _react(self, now: float) -> None:
        self._throttles = []
        if self._phase is Phase.START:
            self._halve(now)
        elif self._phase is Phase.TRIAL:
            self._give_up_trial(now)
        else:
            self._give_way(now)

    def _double(self, now: float) -> None:
        """In the start: go on to twice the share, unless it has been too much."""
        if self._divisor == 1 or self._is_halved:
            self._hold(now, HOLD_S if self._good else SHORT_HOLD_S)
            return
        self._good = self._good or self._divisor
        self._divisor //= 2
        self._good_after = now + self._settling_s(START_CALLS)

    def _halve(self, now: float) -> None:
        """In the start: go back to half the share, and hold it if it is the first one that was good."""
        self._divisor = min(MAX_DIVISOR, 2 * self._divisor)
        self._turn_deaf(now)
        self._is_halved = True
        if self._divisor == self._good:
            self._hold(now, self._hold_s)
        else:
            self._good_after = self._deaf_until + self._settling_s(START_CALLS if self._good else FIRST_CALLS)

    def _try_larger(self, now: float) -> None:
        self._good = self._divisor
        self._divisor = max(1, min(self._divisor - 1, math.ceil(self._divisor * GENTLE)))
        self._phase = Phase.TRIAL
        self._throttles = []
        self._good_after = now + TRIAL_S + TRIAL_CALLS / self.calls_per_s

    def _give_up_trial(self, now: float) -> None:
        self._divisor = self._good or self._divisor
        self._turn_deaf(now)
        self._hold(now, self._hold_s)
        self._hold_s = min(MAX_HOLD_S, 2 * self._hold_s)

    def _give_way(self, now: float) -> None:
        self._divisor = min(MAX_DIVISOR, max(self._divisor + 1, math.ceil(self._divisor * YIELDING)))
        self._hold(now, SHORT_HOLD_S)

    def _hold(self, now: float, seconds: float) -> None:
        self._phase = Phase.HOLD
        self._good_after = now + seconds * self._chance.uniform(1, 2)
        self._throttles = []

    def _turn_deaf(self, now: float) -> None:
        self._deaf_until = now + DEAF_S + DEAF_CALLS / self.calls_per_s

    def _settling_s(self, calls: int) -> float:
        return SETTLE_S + 2 * self._round_trip_s + calls / self.calls_per_s


class Limiter:
    """Runs calls at an adaptive rate, repeats throttled ones, and retries what else is transient.

    The SDK's client must not retry (`NO_SDK_RETRIES`): it would hide throttled calls, and send too many.
    """

    def __init__(self, quota_per_s: float, *, chance: random.Random | None = None) -> None:
        self.calls = 0
        """Calls sent, repeated ones included."""
        self.throttled = 0
        """Calls that were throttled."""
        self._rate = AdaptiveRate(quota_per_s, chance=chance)
        self._turn = asyncio.Lock()

    async def run(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Send a call when it is due, and again while it fails transiently; return its result.

        Raises the error of the last try, of `THROTTLED_TRIES` throttled ones or of `PACED_TRIES` others; an
        error that is not transient, or that no short wait helps (`ExhaustedError`), is raised at once.
        """
        return await AsyncRetrying(
            retry=retry_if_exception(_is_worth_a_retry),
            stop=stop_after_attempt(PACED_TRIES),
            wait=wait_random_exponential(multiplier=PACED_BASE_S, max=PACED_CAP_S),
            reraise=True,
        )(self._until_admitted, call)

    async def _until_admitted(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Send a call until it is not throttled."""
        for _ in range(THROTTLED_TRIES - 1):
            try:
                return await self._send(call)
            except ClientError as error:
                if not is_throttled(error):
                    raise
        return await self._send(call)

    async def _send(self, call: Callable[[], Awaitable[Result]]) -> Result:
        clock = asyncio.get_running_loop().time
        async with self._turn:
            await asyncio.sleep(self._rate.delay(clock()))
        started = clock()
        self.calls += 1
        try:
            result = await call()
        except ClientError as error:
            if is_throttled(error):
                self._note_throttle(clock(), started)
            raise
        self._rate.on_success(clock(), started=started)
        return result

    def _note_throttle(self, now: float, started: float) -> None:
        self.throttled += 1
        before = self._rate.calls_per_s
        self._rate.on_throttle(now, started=started)
        if self._rate.calls_per_s < before:
            log.info("rate_lowered", calls_per_s=round(self._rate.calls_per_s, 2), throttled=self.throttled)


def _is_worth_a_retry(error: BaseException) -> bool:
    return is_transient(error) and not is_throttled(error) and not isinstance(error, ExhaustedError)
