"""Upgrades an environment to this release, step by step, and says what it lacks."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.clock import utc_now
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.queues import queue_states
from fondly.operations.upgrading.emails import emails
from fondly.operations.upgrading.layouts import customers, hours, runs, tallies
from fondly.operations.verification.check import Outcome, Result
from fondly.runtime.runs.release import RELEASE, OlderReleaseError, Upgrade, last_upgrade, note_upgrade


class Step(NamedTuple):
    """Brings records of one kind up to date."""

    name: str
    what: str
    """Which: those that an earlier release has left."""
    work: Callable[..., Awaitable[int]]
    """Returns how many there were; they stay as they are unless it may `change` them."""


STEPS = (
    Step("runs", "runs that no list shows", runs),
    Step("customers", "keys by which customers are not found yet", customers),
    Step("hours", "reports of deliveries that no sum has", hours),
    Step("tallies", "emails that no tally counts", tallies),
    Step("emails", "emails that cannot be filtered or drawn yet", emails),
)
"""In their order; runs come first, as people look for them."""
REMEDY = "`fondly upgrade`, once all tasks are of this release"


async def upgrade(environment: Environment, *, by: str, tell: Callable[[str], None]) -> list[Result]:
    """Take every step that is not done, and note each; whoever was killed is simply run again.

    An upgrade that was finished is looked over from its beginning: a task of the release before may have
    gone on. Raises `OperationError` where a later release has upgraded the environment.
    """
    begun = await _begun(environment)
    table, results = await environment.table("runs"), list[Result]()
    async with noted(environment, by=by, act="upgrade", about=environment.name, details={"to": RELEASE}):
        await note_upgrade(environment.dynamodb, table, begun)
        for step in STEPS:
            if step.name in begun.done:
                results.append(_result(step.name, [], "done before"))
                continue
            changed = await step.work(environment, change=True)
            results.append(_result(step.name, [], f"{changed} brought up to date"))
            begun = begun.model_copy(update={"done": (*begun.done, step.name)})
            await note_upgrade(environment.dynamodb, table, begun)
            tell(f"{step.name}: {results[-1].detail}")
        await note_upgrade(environment.dynamodb, table, begun.model_copy(update={"finished_at": utc_now()}))
    return results


async def needed(environment: Environment) -> list[Result]:
    """Say what an upgrade would do, without changing anything: a step of which something is left has failed.

    Raises `OperationError` where a later release has upgraded the environment.
    """
    last = await _last(environment)
    since = f"upgraded to {last.release}" if last and last.finished_at else "not upgraded to any release yet"
    begun = [f"an upgrade to {last.release} is not finished"] if last and not last.finished_at else []
    release = _result("release", begun, since)
    waiting = sum(each.visible + each.in_flight + each.delayed for each in await queue_states(environment))
    events = _result("events", [], f"{waiting} messages wait: this release reads what the one before sends")
    return [release, events, *[await _looked(environment, step) for step in STEPS]]


async def _looked(environment: Environment, step: Step) -> Result:
    try:
        found = await step.work(environment, change=False)
    except (OperationError, ClientError, BotoCoreError) as error:
        return _result(step.name, [str(error)])
    return _result(step.name, [f"{found} {step.what}"] if found else [])


def _result(name: str, problems: list[str], detail: str = "") -> Result:
    if problems:
        return Result(name, Outcome.FAILED, "; ".join(problems), REMEDY)
    return Result(name, Outcome.OK, detail, "")


async def _begun(environment: Environment) -> Upgrade:
    """Return the upgrade to go on with: a new one, unless one to this release is not finished."""
    last = await _last(environment)
    is_open = last and last.finished_at is None and last.release == RELEASE
    return last if last and is_open else Upgrade(release=RELEASE)


async def _last(environment: Environment) -> Upgrade | None:
    try:
        return await last_upgrade(environment.dynamodb, await environment.table("runs"))
    except OlderReleaseError as error:
        raise OperationError(str(error)) from error
