"""Runs calls within a task's share of a quota, repeats throttled ones, and retries what else is transient.

A call that waits for its turn, or for a quota of the day, waits for as long as it takes: its message stays
with its handler, and no receive is spent.
"""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import now_s
from fondly.runtime.quota.allowance import Allowance, Kind
from fondly.runtime.quota.shared import DynamoDBSharedQuota
from fondly.runtime.quota.turns import Counts, Lock, StoppingError, Turns
from fondly.runtime.retry import (
    PACED_BASE_S,
    PACED_CAP_S,
    PACED_TRIES,
    ExhaustedError,
    is_throttled,
    is_transient,
    pause,
)

Result = TypeVar("Result")
Call = Callable[[], Awaitable[Result]]
TOKENS = "tokens"
"""Part of the message of calls that are throttled because of tokens, not of requests."""
log = get_logger()


class Limiter:
    """One task's calls to one API; with `shared`, it shares the quota with other tasks.

    The SDK's client must not retry (`NO_SDK_RETRIES`): it would hide throttled calls, and send too many.
    """

    def __init__(
        self,
        requests_per_s: float,
        *,
        tokens_per_s: float = math.inf,
        shared: DynamoDBSharedQuota | None = None,
        stop: asyncio.Event | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.counts = Counts()
        self._allowance = Allowance(requests_per_s, tokens_per_s, chance=chance)
        self._turns = Turns(self._allowance, self.counts, shared=shared, stop=stop)

    @property
    def calls_per_s(self) -> float:
        """What all tasks together may send at present."""
        return self._allowance.per_s(Kind.REQUESTS, now_s())

    async def run(
        self,
        call: Call[Result],
        *,
        lock: Lock | None = None,
        reserves: float = 0.0,
        used: Callable[[Result], float] | None = None,
    ) -> Result:
        """Send a call when it is due, and again while it fails transiently; return its result.

        Shortly before each try `lock` says whether it is still wanted. The call reserves so many tokens of
        the quota; `used` tells from the result how many it did use. A throttled call is repeated for as long
        as it takes, and so is one for which a quota of the day is used up (`ExhaustedError`). Raises the
        error of the last of `PACED_TRIES` tries that failed otherwise, other errors at once, `WithdrawnError`
        for a call that is not wanted any more, and `StoppingError` for one whose turn has not come when the
        service stops.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return await self._until_admitted(call, lock, reserves, used)
            except Exception as error:
                if tries == PACED_TRIES or not is_transient(error) or isinstance(error, StoppingError):
                    raise
            await pause(tries, base_s=PACED_BASE_S, cap_s=PACED_CAP_S)

    async def _until_admitted(
        self,
        call: Call[Result],
        lock: Lock | None,
        reserves: float,
        used: Callable[[Result], float] | None,
    ) -> Result:
        """Send a call until it is not throttled."""
        while True:
            await self._turns.wait(reserves, lock)
            started = now_s()
            self.counts.calls += 1
            try:
                result = await call()
            except (ClientError, ExhaustedError) as error:
                if not isinstance(error, ExhaustedError) and not is_throttled(error):
                    raise
                self._allowance.put_back(reserves)
                self._refused(error, started, reserves)
            else:
                spent = used(result) if used else reserves
                self._allowance.succeeded(now_s(), reserved=reserves, used=spent)
                return result

    def _refused(self, error: ClientError | ExhaustedError, started: float, reserves: float) -> None:
        self.counts.throttled += 1
        if isinstance(error, ExhaustedError):
            if pause_s := self._allowance.exhausted(now_s(), started=started):
                log.warning("quota_exhausted", error=str(error), pause_s=round(pause_s))
            return
        kind = Kind.TOKENS if TOKENS in error.response["Error"].get("Message", "") else Kind.REQUESTS
        if self._allowance.throttled(now_s(), kind, started=started, tokens=reserves):
            self._turns.tell()
            log.info("rate_lowered", quota=kind, per_s=round(self._allowance.per_s(kind, now_s()), 2))
