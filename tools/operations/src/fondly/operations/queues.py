"""How many messages each queue holds, and the age of the oldest. No message is received for it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.environment import Environment

DEPTHS = {
    "visible": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
LOOK_BACK = timedelta(minutes=15)
"""SQS publishes its metrics every minute, up to some minutes late."""
PERIOD_S = 60


class QueueState(BaseModel):
    """One queue. `oldest_age_s` is None if nothing waits or CloudWatch has no data."""

    name: str
    visible: int
    in_flight: int
    delayed: int
    oldest_age_s: float | None
    dead_letters: int


async def queue_states(environment: Environment) -> list[QueueState]:
    """Return every queue, in the topology's order; raise `MissingResourceError` if one does not exist."""
    names = list(environment.topology.queues)
    ages = await oldest_ages_s(environment, names)
    return list(await asyncio.gather(*(_state(environment, name, ages.get(name)) for name in names)))


async def depths(environment: Environment, url: str) -> dict[str, int]:
    """Return the approximate number of a queue's messages: visible, in flight, delayed."""
    reply = await environment.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found: Mapping[str, str] = {str(name): value for name, value in reply["Attributes"].items()}
    return {kind: int(found.get(attribute, 0)) for kind, attribute in DEPTHS.items()}


async def oldest_ages_s(environment: Environment, names: Sequence[str]) -> dict[str, float]:
    """Return the age of each queue's oldest message by name; only CloudWatch has it, and no emulator."""
    now = utc_now()
    try:
        reply = await environment.cloudwatch.get_metric_data(
            MetricDataQueries=[
                _age_query(number, environment.named(name)) for number, name in enumerate(names)
            ],
            StartTime=now - LOOK_BACK,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
    except (ClientError, BotoCoreError):
        return {}
    latest = {result["Id"]: result["Values"] for result in reply["MetricDataResults"]}
    return {name: latest[f"q{number}"][0] for number, name in enumerate(names) if latest.get(f"q{number}")}


async def _state(environment: Environment, name: str, age_s: float | None) -> QueueState:
    url, dead_letter_url = await asyncio.gather(
        environment.queue_url(name), environment.dead_letter_url(name)
    )
    messages, dead_letters = await asyncio.gather(
        depths(environment, url), depths(environment, dead_letter_url)
    )
    waiting = messages["visible"] + messages["in_flight"]
    return QueueState(
        name=name,
        **messages,
        oldest_age_s=age_s if waiting else None,
        dead_letters=sum(dead_letters.values()),
    )


def _age_query(number: int, queue_name: str) -> dict[str, object]:
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": queue_name}],
    }
    return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": PERIOD_S, "Stat": "Maximum"}}
