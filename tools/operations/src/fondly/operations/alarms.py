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
from fondly.runtime.runs.run import RunStatus

STUCK_S, HELD, TOLD_FOR = 20 * 60, timedelta(hours=24), timedelta(days=1)
"""The first two are thresholds of Terraform's alarms; a run that has failed is told of for a day."""
SCALING = ("-wake", "-rest")
"""What the names of alarms end with that start and stop tasks: they tell a person nothing."""
RECENT, UNREAD = 20, "ops"
"""At how many runs is looked; no service reads this queue."""
WAITING = frozenset({"held", "sample", "paused"})


class Alarm(BaseModel):
    """An alarm that rings; `about` is a run or a queue, if it is about one."""

    name: str
    why: str
    since: datetime | None = None
    about: str = ""


async def ringing(environment: Environment, queues: Sequence[WatchedQueue]) -> list[Alarm] | None:
    """Return the alarms that ring; None if CloudWatch does not say.

    Source: DescribeAlarms, Amazon CloudWatch API reference, November 2026.
    """
    if not environment.on_aws:
        runs = (await list_runs(environment, limit=RECENT)).runs
        return [*_of_queues(queues), *(each for run in runs for each in _of_run(run))]
    pages, prefix = environment.cloudwatch.get_paginator("describe_alarms"), f"{environment.name}-"
    wanted = {"AlarmNamePrefix": prefix, "AlarmTypes": ["MetricAlarm"], "StateValue": "ALARM"}
    try:
        found = [each async for page in pages.paginate(**wanted) for each in page["MetricAlarms"]]
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
            yield Alarm(name=f"{each.name}-dead-letters", why="a message was given up", about=each.name)
        if each.name != UNREAD and each.idle_s > STUCK_S:
            why = f"messages wait, and for {STUCK_S // 60} minutes none has been handled"
            yield Alarm(name=f"{each.name}-stuck", why=why, about=each.name)


def _of_run(run: RunView) -> Iterator[Alarm]:
    ended_for = utc_now() - (run.finished_at or utc_now())
    if run.status is RunStatus.STOPPED or (run.status is RunStatus.FAILED and ended_for < TOLD_FOR):
        yield Alarm(name=f"run-{run.status}", why=run.reason or "", since=run.finished_at, about=run.run_id)
    if run.delivery_status in WAITING and ended_for > HELD:
        why = f"its delivery is {run.delivery_status}, and waits for a person"
        yield Alarm(name="delivery-waits", why=why, since=run.finished_at, about=run.run_id)
