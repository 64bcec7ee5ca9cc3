"""How many messages each queue holds, how fast, and the age of the oldest. No message is received for it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.cloudwatch import Measure, measured
from fondly.operations.environment import Environment
from fondly.runtime.parallel import now_s

DEPTHS = {
    "visible": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
LOOK_BACK = timedelta(minutes=15)
"""SQS publishes its metrics every minute, up to some minutes late."""
PERIOD_S = 60


METRICS_S = 60.0
"""How long what CloudWatch says is good for."""
AGE, CAME, WENT = "ApproximateAgeOfOldestMessage", "NumberOfMessagesSent", "NumberOfMessagesDeleted"
"""Source: Available CloudWatch metrics for Amazon SQS, SQS Developer Guide, November 2026."""
STATS = {AGE: "Maximum", CAME: "Sum", WENT: "Sum"}
Metrics = Mapping[str, Mapping[str, float]]
"""The latest minute's value by queue and metric."""


class QueueState(BaseModel):
    """One queue. What only CloudWatch has is None if it has no data, as is the age if nothing waits."""

    name: str
    visible: int
    in_flight: int
    delayed: int
    oldest_age_s: float | None
    dead_letters: int
    came_per_min: float | None = None
    went_per_min: float | None = None

    @property
    def messages(self) -> int:
        """How many messages it has: waiting, being handled, delayed."""
        return self.visible + self.in_flight + self.delayed


async def queue_states(environment: Environment, metrics: Metrics | None = None) -> list[QueueState]:
    """Return every queue, in the topology's order; raise `MissingResourceError` if one does not exist."""
    names = list(environment.topology.queues)
    known = await queue_metrics(environment, names) if metrics is None else metrics
    return list(await asyncio.gather(*(_state(environment, name, known) for name in names)))


class WatchedQueue(QueueState):
    """A queue that is looked at again and again."""

    grows_per_min: float | None = None
    """By how much it has grown between two looks."""
    waits_s: float | None = None
    """For how long it has been seen not to be empty."""
    idle_s: float = 0.0
    """For how long messages have been seen to wait while their number did not fall."""


class _Seen(NamedTuple):
    at: float
    messages: int
    filled_at: float | None
    """Since when it has not been empty."""
    fell_at: float


@dataclass
class QueueWatch:
    """Looks at queues again and again: two looks tell what no emulator does."""

    environment: Environment
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _metrics: Metrics = field(default_factory=dict)
    _asked_at: float = -METRICS_S

    async def look(self) -> list[WatchedQueue]:
        """Return every queue as it is now, with what has changed since the last look."""
        if now_s() - self._asked_at >= METRICS_S:
            self._asked_at = now_s()
            self._metrics = await queue_metrics(self.environment, list(self.environment.topology.queues))
        return [self._compared(each) for each in await queue_states(self.environment, self._metrics)]

    def _compared(self, state: QueueState) -> WatchedQueue:
        now, number = now_s(), state.messages
        last = self._seen.get(state.name, _Seen(now, number, None, now))
        filled_at = (last.filled_at or now) if number else None
        fell_at = now if number < last.messages or not state.visible else last.fell_at
        self._seen[state.name] = _Seen(now, number, filled_at, fell_at)
        minutes = (now - last.at) / 60
        return WatchedQueue(
            **state.model_dump(),
            grows_per_min=(number - last.messages) / minutes if minutes else None,
            waits_s=now - filled_at if filled_at else None,
            idle_s=now - fell_at,
        )


async def depths(environment: Environment, url: str) -> dict[str, int]:
    """Return the approximate number of a queue's messages: visible, in flight, delayed."""
    reply = await environment.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found: Mapping[str, str] = {str(name): value for name, value in reply["Attributes"].items()}
    return {kind: int(found.get(attribute, 0)) for kind, attribute in DEPTHS.items()}


async def oldest_ages_s(environment: Environment, names: Sequence[str]) -> dict[str, float]:
    """Return the age of each queue's oldest message by name; only CloudWatch has it, and no emulator."""
    found = await queue_metrics(environment, names)
    return {name: each[AGE] for name, each in found.items() if AGE in each}


async def queue_metrics(environment: Environment, names: Sequence[str]) -> Metrics:
    """Return what CloudWatch says of queues, as far as it does."""
    wanted = {
        Measure("AWS/SQS", metric, "QueueName", environment.named(name), stat): (name, metric)
        for name in names
        for metric, stat in STATS.items()
    }
    values = await measured(environment, list(wanted), since=utc_now() - LOOK_BACK, period_s=PERIOD_S)
    found: dict[str, dict[str, float]] = {}
    for measure, ((_, latest), *_) in values.items():
        name, metric = wanted[measure]
        found.setdefault(name, {})[metric] = latest
    return found


async def _state(environment: Environment, name: str, metrics: Metrics) -> QueueState:
    url, dead_letter_url = await asyncio.gather(
        environment.queue_url(name), environment.dead_letter_url(name)
    )
    messages, dead_letters = await asyncio.gather(
        depths(environment, url), depths(environment, dead_letter_url)
    )
    waiting, known = messages["visible"] + messages["in_flight"], metrics.get(name, {})
    return QueueState(
        name=name,
        **messages,
        oldest_age_s=known.get(AGE) if waiting else None,
        dead_letters=sum(dead_letters.values()),
        came_per_min=known.get(CAME),
        went_per_min=known.get(WENT),
    )
