"""How much waits in which queue, and for how long. No message is received for it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from encore.cli.place import Place
from encore.stack.observer import DEPTHS

LOOK_BACK = timedelta(minutes=15)
"""SQS writes its metrics every minute, and up to some minutes late."""
PERIOD_S = 60


class QueueState(BaseModel):
    """One queue. `oldest_age_s` is None where nothing waits or CloudWatch does not know."""

    name: str
    visible: int
    in_flight: int
    delayed: int
    oldest_age_s: float | None
    dead_letters: int


async def queue_states(place: Place) -> list[QueueState]:
    """Return every queue of the topology, in its order; raise `MissingResourceError` for one not there."""
    names = list(place.topology.queues)
    ages = await oldest_ages_s(place, names)
    return list(await asyncio.gather(*(_state(place, name, ages.get(name)) for name in names)))


async def depths(place: Place, url: str) -> dict[str, int]:
    """Return how many messages a queue holds: visible, in flight, delayed. SQS calls it approximate."""
    reply = await place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found: Mapping[str, str] = {str(name): value for name, value in reply["Attributes"].items()}
    return {kind: int(found.get(attribute, 0)) for kind, attribute in DEPTHS.items()}


async def oldest_ages_s(place: Place, names: Sequence[str]) -> dict[str, float]:
    """Return the age of each queue's oldest message, by name, where CloudWatch tells it.

    SQS itself does not; emulators have no such metric.
    """
    now = datetime.now(UTC)
    try:
        reply = await place.cloudwatch.get_metric_data(
            MetricDataQueries=[_age_query(number, place.named(name)) for number, name in enumerate(names)],
            StartTime=now - LOOK_BACK,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
    except (ClientError, BotoCoreError):
        return {}
    newest = {result["Id"]: result["Values"] for result in reply["MetricDataResults"]}
    return {name: newest[f"q{number}"][0] for number, name in enumerate(names) if newest.get(f"q{number}")}


async def _state(place: Place, name: str, age_s: float | None) -> QueueState:
    alive, dead = await asyncio.gather(place.queue_url(name), place.dead_letter_url(name))
    held, letters = await asyncio.gather(depths(place, alive), depths(place, dead))
    waiting = held["visible"] + held["in_flight"]
    return QueueState(
        name=name, **held, oldest_age_s=age_s if waiting else None, dead_letters=sum(letters.values())
    )


def _age_query(number: int, queue_name: str) -> dict[str, object]:
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": queue_name}],
    }
    return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": PERIOD_S, "Stat": "Maximum"}}
