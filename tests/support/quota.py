"""A server with a quota, and workers that share it, in virtual time."""

import asyncio
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.shared import DynamoDBSharedQuota
from tests.support.dynamodb import InMemoryDynamoDB, Item
from tests.support.virtual_time import VirtualTimeLoop

PARALLEL_CALLS = 16
REQUESTS, TOKENS = "Too many requests", "Too many tokens"


@dataclass(frozen=True)
class Span:
    """When a worker starts and stops, in seconds, and how many calls it has to make by then."""

    start_s: float
    stop_s: float
    calls: float = math.inf


@dataclass(frozen=True)
class Price:
    """What a call reserves and uses of the tokens."""

    reserved: float = 0.0
    used: float = 0.0


@dataclass
class Bucket:
    """Holds what comes in `burst_s`, at least one."""

    per_s: float
    burst_s: float
    level: float = field(init=False)
    at_s: float = 0.0

    def __post_init__(self) -> None:
        self.level = self._most

    @property
    def _most(self) -> float:
        return max(1.0, self.per_s * self.burst_s)

    def take(self, now: float, amount: float) -> bool:
        """Take an amount if there is as much."""
        self.level = min(self._most, self.level + (now - self.at_s) * self.per_s)
        self.at_s = now
        is_taken = self.level >= amount
        self.level -= amount * is_taken
        return is_taken


@dataclass
class Server:
    """Throttles the calls for which its buckets hold too little; notes when each worker's calls arrived."""

    quota_per_s: float
    call_s: float
    chance: random.Random
    burst_s: float = 1.0
    tokens_per_s: float = math.inf
    price: Price = Price()
    scored: dict[int, list[float]] = field(default_factory=dict)
    throttled: dict[int, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._requests = Bucket(self.quota_per_s, self.burst_s)
        self._tokens = Bucket(min(self.tokens_per_s, 1e12), self.burst_s)

    async def call(self, worker: int) -> float:
        """Take `call_s`, a quarter of it on the way here, give or take a millisecond of the network."""
        await asyncio.sleep(self.call_s / 4 + self.chance.uniform(0, 0.002))
        now = asyncio.get_running_loop().time()
        refused = self._refusal(now)
        (self.throttled if refused else self.scored).setdefault(worker, []).append(now)
        if refused:
            await asyncio.sleep(min(0.02, self.call_s))
            raise ClientError(
                {"Error": {"Code": "ThrottlingException", "Message": f"{refused}, please wait"}}, "Converse"
            )
        await asyncio.sleep(self.call_s * 3 / 4)
        self._tokens.level += self.price.reserved - self.price.used
        return self.price.used

    def _refusal(self, now: float) -> str:
        if not self._requests.take(now, 1.0):
            return REQUESTS
        if not self._tokens.take(now, self.price.reserved):
            self._requests.level += 1.0
            return TOKENS
        return ""


@dataclass(frozen=True)
class Use:
    """What a server counted over some time."""

    used: float
    """Share of the quota of requests, or of tokens if that is what limits."""
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
    by_tokens = server.tokens_per_s / server.price.used if server.price.used else math.inf
    return Use(
        used=sum(scored) / (min(server.quota_per_s, by_tokens) * (until_s - since_s)),
        throttled=throttled / (sum(scored) + throttled),
        shares=[each * len(workers) / sum(scored) for each in scored],
    )


class CountingDynamoDB(InMemoryDynamoDB):
    """Counts what is written."""

    writes = 0

    async def update_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Change one item, and count it."""
        self.writes += 1
        return await super().update_item(**request)


def run_workers(
    server: Server,
    spans: Sequence[Span],
    *,
    configured_per_s: float | None = None,
    configured_tokens_per_s: float = math.inf,
    is_shared: bool = True,
) -> int:
    """Let each worker call as often as its limiter lets it, from its start to its end; return the writes."""
    table = CountingDynamoDB(moment=lambda: asyncio.sleep(0.005))

    async def work(worker: int, span: Span) -> None:
        await asyncio.sleep(span.start_s)
        stop = asyncio.Event()
        limiter = Limiter(
            configured_per_s or server.quota_per_s,
            tokens_per_s=configured_tokens_per_s,
            shared=DynamoDBSharedQuota(table, "runs", "api") if is_shared else None,  # type: ignore[arg-type] # the double
            stop=stop,
            chance=random.Random(server.chance.random()),  # noqa: S311 - not for security
        )

        left = span.calls

        async def repeat() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await limiter.run(
                    lambda: server.call(worker), reserves=server.price.reserved, used=lambda used: used
                )

        calls = [asyncio.create_task(repeat()) for _ in range(PARALLEL_CALLS)]
        await asyncio.sleep(span.stop_s - span.start_s)
        stop.set()
        for each in calls:
            each.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def work_all() -> None:
        await asyncio.gather(*(work(number, span) for number, span in enumerate(spans)))
        await asyncio.sleep(1.0)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work_all())
    return table.writes
