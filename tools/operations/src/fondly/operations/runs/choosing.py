"""Which run `latest` means to a command: the last of those that it can do something with."""

from collections.abc import Callable
from typing import NamedTuple

from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.missing import missing_messages
from fondly.runtime.runs.delivery import FROM, Act, Delivery, DeliveryStatus
from fondly.runtime.runs.run import Run, RunStatus, StageName

AWAITING = frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE})
"""An approved delivery may be approved again, for another pace; but `latest` is one that waits for it."""
AT_ONCE = 5


class Fit(NamedTuple):
    """What a command does with a run, as in "the latest run to approve", and whether it can."""

    what: str
    can: Callable[[Run, Delivery | None], bool]


class Choice(NamedTuple):
    """The run that `latest` means, and how it was chosen, in a line for people."""

    run: Run
    why: str


def to_decide(act: Act) -> Fit:
    """Return which deliveries somebody can decide so on."""
    statuses = AWAITING if act is Act.APPROVE else FROM[act]

    def can(run: Run, delivery: Delivery | None) -> bool:
        if run.status is not RunStatus.FINISHED:
            return act is Act.HOLD and run.status is not RunStatus.FAILED
        return delivery is not None and delivery.status in statuses

    return Fit(f"to {act}", can)


def _can_resume(run: Run, delivery: Delivery | None) -> bool:
    paused = delivery is not None and delivery.status is DeliveryStatus.PAUSED
    return run.status is RunStatus.STOPPED or (run.status is RunStatus.FINISHED and paused)


def _is_delivered(_run: Run, delivery: Delivery | None) -> bool:
    undecided = {DeliveryStatus.HELD, DeliveryStatus.REJECTED}
    return delivery is not None and (delivery.status not in undecided or delivery.released > 0)


def _can_retry(run: Run, delivery: Delivery | None) -> bool:
    try:
        return bool(missing_messages(run, delivery))
    except OperationError:
        return False


TO_RETRY = Fit("to retry", _can_retry)
TO_RESUME = Fit("to resume", _can_resume)
WITH_EMAILS = Fit("with emails", lambda run, _: bool(run.stage(StageName.MAILER).done))
DELIVERED = Fit("with emails delivered", _is_delivered)


async def latest(environment: Environment, fit: Fit) -> Choice:
    """Return the latest run that fits; without one the very last, of which the command says why not.

    Raises `OperationError` if there are no runs.
    """
    deliveries = await environment.deliveries()
    last: Run | None = None
    async for run in (await environment.ledger()).index.runs(at_once=AT_ONCE):
        last = last or run
        if fit.can(run, await deliveries.find(run.run_id)):
            return Choice(run, f"the latest run {fit.what} is {run.run_id}")
    if not last:
        raise OperationError("there are no runs yet: `fondly upload` starts one")
    return Choice(last, f"there is no run {fit.what}; the last is {last.run_id}")
