"""Which alarms of an environment ring: on AWS those of CloudWatch, elsewhere what they would say."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.environment import Environment
from fondly.operations.queues import WatchedQueue
from fondly.operations.runs.lookup import list_runs
from fondly.operations.runs.views import RunView
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.run import RunStatus

STUCK_MINUTES, HELD_HOURS = 20, 24
"""The thresholds of the alarms that Terraform makes."""
SCALING = ("-wake", "-rest")
"""What the names of alarms end with that start and stop tasks: they tell a person nothing."""
FOR_PEOPLE = "ops"
"""The queue that no service reads."""
RECENT, TOLD_FOR = 20, timedelta(days=1)
"""At how many runs an emulator's alarms look, and for how long they tell of one that has ended."""
WAITING = frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE, DeliveryStatus.PAUSED})


class Alarm(BaseModel):
    """An alarm that rings, or of which CloudWatch cannot tell; `about` is a run, or a queue's name."""

    name: str
    why: str
    since: datetime | None = None
    about: str = ""


async def ringing(environment: Environment, queues: Sequence[WatchedQueue]) -> list[Alarm] | None:
    """Return the alarms that ring; None if CloudWatch does not say. On AWS `queues` tell nothing more."""
    if environment.on_aws:
        return await _of_cloudwatch(environment)
    runs = (await list_runs(environment, limit=RECENT)).runs
    return [*_of_queues(queues), *(each for run in runs for each in _of_run(run))]


async def _of_cloudwatch(environment: Environment) -> list[Alarm] | None:
    """Source: DescribeAlarms, Amazon CloudWatch API reference, November 2026."""
    pages = environment.cloudwatch.get_paginator("describe_alarms")
    found, prefix = [], f"{environment.name}-"
    try:
        async for page in pages.paginate(
            AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"], StateValue="ALARM"
        ):
            found += page["MetricAlarms"]
    except (ClientError, BotoCoreError):
        return None
    return [
        Alarm(
            name=each["AlarmName"].removeprefix(prefix),
            why=each.get("AlarmDescription") or each["StateReason"],
            since=each["StateUpdatedTimestamp"],
        )
        for each in found
        if not each["AlarmName"].endswith(SCALING)
    ]


def _of_queues(queues: Sequence[WatchedQueue]) -> Iterator[Alarm]:
    for each in queues:
        if each.dead_letters:
            why = "a message was given up: its cause says what to do"
            yield Alarm(name=f"{each.name}-dead-letters", why=why, about=each.name)
        if each.name != FOR_PEOPLE and each.idle_s > STUCK_MINUTES * 60:
            why = f"messages wait, and none has been handled for {STUCK_MINUTES} minutes"
            yield Alarm(name=f"{each.name}-stuck", why=why, about=each.name)


def _of_run(run: RunView) -> Iterator[Alarm]:
    ended, now = run.finished_at, utc_now()
    if run.status is RunStatus.STOPPED:
        yield Alarm(name="run-stopped", why=run.reason or "", about=run.run_id)
    if ended is None:
        return
    if run.status is RunStatus.FAILED and now - ended < TOLD_FOR:
        yield Alarm(name="run-failed", why=run.reason or "", since=ended, about=run.run_id)
    if run.delivery_status in WAITING and now - ended > timedelta(hours=HELD_HOURS):
        why = f"its delivery is {run.delivery_status}, and waits for a person"
        yield Alarm(name="delivery-waits", why=why, since=ended, about=run.run_id)
