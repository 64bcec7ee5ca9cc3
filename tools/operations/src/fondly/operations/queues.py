"""How many messages each queue holds, how fast, and the age of the oldest. No message is received for it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from fondly.contracts.clock import utc_now
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


class WatchedQueue(QueueState):
    """A queue that is looked at again and again."""

    grows_per_min: float | None
    """By how much it has grown since the look before; None at the first."""
    idle_s: float
    """For how many whole minutes messages have been seen to wait while their number did not fall."""


class _Look(NamedTuple):
    at: float
    messages: int
    fell_at: float


@dataclass
class QueueWatch:
    """Looks at queues again and again: two looks tell what no emulator does."""

    environment: Environment
    _last: dict[str, _Look] = field(default_factory=dict)
    _metrics: Metrics = field(default_factory=dict)
    _asked_at: float = -PERIOD_S

    async def look(self) -> list[WatchedQueue]:
        """Return every queue as it is now; CloudWatch is asked once a minute."""
        if now_s() - self._asked_at >= PERIOD_S:
            self._asked_at = now_s()
            self._metrics = await queue_metrics(self.environment, list(self.environment.topology.queues))
        return [self._compared(each) for each in await queue_states(self.environment, self._metrics)]

    def _compared(self, state: QueueState) -> WatchedQueue:
        now, number = now_s(), state.visible + state.in_flight + state.delayed
        last = self._last.get(state.name, _Look(now, number, now))
        fell_at = now if number < last.messages or not state.visible else last.fell_at
        self._last[state.name] = _Look(now, number, fell_at)
        grows = (number - last.messages) * 60 / (now - last.at) if now > last.at else None
        return WatchedQueue(**state.model_dump(), grows_per_min=grows, idle_s=(now - fell_at) // 60 * 60)


async def queue_states(environment: Environment, metrics: Metrics | None = None) -> list[QueueState]:
    """Return every queue, in the topology's order; raise `MissingResourceError` if one does not exist."""
    names = list(environment.topology.queues)
    known = await queue_metrics(environment, names) if metrics is None else metrics
    return list(await asyncio.gather(*(_state(environment, name, known.get(name, {})) for name in names)))


async def dead_letters(environment: Environment) -> dict[str, int]:
    """Return how many dead letters each queue has, in the topology's order."""
    names = list(environment.topology.queues)
    urls = await asyncio.gather(*map(environment.dead_letter_url, names))
    found = await asyncio.gather(*(depths(environment, url) for url in urls))
    return {name: sum(each.values()) for name, each in zip(names, found, strict=True)}


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
    queries = {f"q{number}_{metric}": (name, metric) for number, name in enumerate(names) for metric in STATS}
    now = utc_now()
    try:
        reply = await environment.cloudwatch.get_metric_data(
            MetricDataQueries=[
                metric_query(query, "AWS/SQS", metric, {"QueueName": environment.named(name)})
                for query, (name, metric) in queries.items()
            ],
            StartTime=now - LOOK_BACK,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
    except (ClientError, BotoCoreError):
        return {}
    found: dict[str, dict[str, float]] = {}
    for result in reply["MetricDataResults"]:
        name, metric = queries[result["Id"]]
        if result["Values"]:
            found.setdefault(name, {})[metric] = result["Values"][0]
    return found


async def _state(environment: Environment, name: str, metrics: Mapping[str, float]) -> QueueState:
    url, dead_letter_url = await asyncio.gather(
        environment.queue_url(name), environment.dead_letter_url(name)
    )
    messages, dead_letters = await asyncio.gather(
        depths(environment, url), depths(environment, dead_letter_url)
    )
    return QueueState(
        name=name,
        **messages,
        oldest_age_s=metrics.get(AGE) if messages["visible"] + messages["in_flight"] else None,
        dead_letters=sum(dead_letters.values()),
        came_per_min=metrics.get(CAME),
        went_per_min=metrics.get(WENT),
    )


def metric_query(
    query: str, namespace: str, metric: str, of: Mapping[str, str], *, period_s: int = PERIOD_S
) -> dict[str, object]:
    """Return one of the queries of GetMetricData, for the metric with the dimensions `of`."""
    dimensions = [{"Name": name, "Value": value} for name, value in of.items()]
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {
        "Id": query,
        "MetricStat": {"Metric": named, "Period": period_s, "Stat": STATS.get(metric, "Sum")},
    }
