"""A server with a quota, and workers that share it, in virtual time."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from encore.runtime.adaptive_rate import Limiter
from tests.support.virtual_time import VirtualTimeLoop

PARALLEL_CALLS = 16


@dataclass(frozen=True)
class Span:
    """When a worker starts and stops, in seconds."""

    start_s: float
    stop_s: float


@dataclass
class Server:
    """Throttles the calls for which its token bucket holds none; notes when each worker's calls arrived."""

    quota_per_s: float
    burst: float
    call_s: float
    chance: random.Random
    scored: dict[int, list[float]] = field(default_factory=dict)
    throttled: dict[int, list[float]] = field(default_factory=dict)
    tokens: float = field(init=False)
    at_s: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    async def call(self, worker: int) -> None:
        """Take `call_s`, a quarter of it on the way here, give or take a millisecond of the network."""
        await asyncio.sleep(self.call_s / 4 + self.chance.uniform(0, 0.002))
        now = asyncio.get_running_loop().time()
        self.tokens = min(self.burst, self.tokens + (now - self.at_s) * self.quota_per_s)
        self.at_s = now
        is_scored = self.tokens >= 1
        self.tokens -= is_scored
        (self.scored if is_scored else self.throttled).setdefault(worker, []).append(now)
        await asyncio.sleep(self.call_s * 3 / 4)
        if not is_scored:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "BatchDetectSentiment")


@dataclass(frozen=True)
class Use:
    """What a server counted over some time."""

    used: float
    """Share of the quota."""
    throttled: float
    """Share of the calls."""
    shares: Sequence[float]
    """Each worker's share of the calls that were not throttled, relative to an equal one."""


def use(server: Server, workers: Sequence[int], *, since_s: float, until_s: float) -> Use:
    """Count what arrived in a time in which those workers were running."""

    def count(times: Sequence[float]) -> int:
        return sum(since_s <= each < until_s for each in times)

    scored = [count(server.scored.get(worker, [])) for worker in workers]
    throttled = sum(count(server.throttled.get(worker, [])) for worker in workers)
    return Use(
        used=sum(scored) / (server.quota_per_s * (until_s - since_s)),
        throttled=throttled / (sum(scored) + throttled),
        shares=[each * len(workers) / sum(scored) for each in scored],
    )


def run_workers(server: Server, spans: Sequence[Span], *, configured_per_s: float | None = None) -> None:
    """Let each worker call as often as its limiter lets it, from its start to its end."""

    async def work(worker: int, span: Span) -> None:
        await asyncio.sleep(span.start_s)
        chance = random.Random(server.chance.random())  # noqa: S311 - not for security
        limiter = Limiter(configured_per_s or server.quota_per_s, chance=chance)

        async def repeat() -> None:
            while True:
                await limiter.run(lambda: server.call(worker))

        calls = [asyncio.create_task(repeat()) for _ in range(PARALLEL_CALLS)]
        await asyncio.sleep(span.stop_s - span.start_s)
        for each in calls:
            each.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def work_all() -> None:
        await asyncio.gather(*(work(number, span) for number, span in enumerate(spans)))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work_all())
