"""What waits for somebody: runs to approve, runs and deliveries that stand still, dead letters."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel

from fondly.operations.delivery.views import DeliveryLookup
from fondly.operations.environment import Environment
from fondly.operations.formatting import counted
from fondly.operations.queues import dead_letters
from fondly.operations.runs.views import RunView
from fondly.runtime.runs.deliveries import person
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.run import RunStatus


class Waiting(BaseModel):
    """Something that does not go on by itself."""

    about: str
    """The id of a run, or the name of a queue."""
    what: str
    """In words, after what it is about."""
    whom: Literal["approver", "operator"]
    """Who can do something about it: of a run, about its delivery or about its work."""
    is_queue: bool = False


async def waiting(environment: Environment, runs: Sequence[RunView]) -> list[Waiting]:
    """Return what of these runs, and of all queues, waits for somebody."""
    lookup = await DeliveryLookup.of(environment)
    of_runs = asyncio.gather(*(_of_run(lookup, run) for run in runs))
    found, queues = await asyncio.gather(of_runs, dead_letters(environment))
    return [*(each for each in found if each), *_given_up(queues)]


async def _of_run(lookup: DeliveryLookup, run: RunView) -> Waiting | None:
    if run.status is RunStatus.STOPPED:
        return Waiting(
            about=run.run_id, what=f"has stopped: {run.reason or 'no reason is known'}", whom="operator"
        )
    if run.delivery_status is DeliveryStatus.HELD:
        return Waiting(about=run.run_id, what=await _held(lookup, run.run_id), whom="approver")
    if run.delivery_status is DeliveryStatus.PAUSED:
        delivery = await lookup.deliveries.find(run.run_id)
        why = f": {delivery.reason}" if delivery and delivery.reason else ""
        return Waiting(about=run.run_id, what=f"is paused{why}", whom="approver")
    return None


async def _held(lookup: DeliveryLookup, run_id: str) -> str:
    if parts := (await lookup.revisions.find(run_id)).rendering:
        return f"has {counted(parts, 'part')} being rendered anew"
    delivery = await lookup.deliveries.find(run_id)
    first = delivery.first if delivery else None
    return f"waits for a second approval, after {person(first[0])}'s" if first else "is held for approval"


def _given_up(queues: Mapping[str, int]) -> Iterator[Waiting]:
    for name, number in queues.items():
        if number:
            what = f"has {counted(number, 'dead letter')}"
            yield Waiting(about=name, what=what, whom="operator", is_queue=True)
