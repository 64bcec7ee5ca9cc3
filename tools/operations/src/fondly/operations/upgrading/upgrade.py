"""Upgrades an environment to this release, step by step, and says what it lacks."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fondly.contracts.clock import utc_now
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.queues import queue_states
from fondly.operations.upgrading.emails import emails
from fondly.operations.upgrading.layouts import customers, hours, runs, tallies
from fondly.operations.verification.check import Outcome, Result
from fondly.runtime.runs.release import RELEASE, Upgrade, last_upgrade, note_upgrade


class Step(NamedTuple):
    """Brings records of one kind up to date: what an earlier release has left of them."""

    name: str
    what: str
    work: Callable[..., Awaitable[int]]
    """Returns how many there were; they stay as they are unless it may `change` them."""


STEPS = (
    Step("runs", "runs that no list shows", runs),  # first, as people look for them
    Step("customers", "keys by which customers are not found yet", customers),
    Step("hours", "reports of deliveries that no sum has", hours),
    Step("tallies", "emails that no tally counts", tallies),
    Step("emails", "emails that cannot be filtered or drawn yet", emails),
)
REMEDY = "`fondly upgrade`, once all tasks are of this release"


async def upgrade(environment: Environment, *, by: str, tell: Callable[[str], None]) -> list[Result]:
    """Take every step that is not done, and note each; whoever was killed is simply run again.

    An upgrade that was finished is looked over from its beginning: a task of the release before may have
    gone on. Raises `OlderReleaseError` where a later release has upgraded the environment.
    """
    at = environment.dynamodb, await environment.table("runs")
    last = await last_upgrade(*at)
    begun = last if last and not last.finished_at and last.release == RELEASE else Upgrade()
    results = [_result(name, detail="done before") for name in begun.done]
    async with noted(environment, by=by, act="upgrade", about=environment.name, details={"to": RELEASE}):
        await note_upgrade(*at, begun)
        for step in STEPS[len(begun.done) :]:
            changed = await step.work(environment, change=True)
            begun = begun.model_copy(update={"done": (*begun.done, step.name)})
            await note_upgrade(*at, begun)
            results.append(_result(step.name, detail=f"{changed} brought up to date"))
            tell(f"{step.name}: {results[-1].detail}")
        await note_upgrade(*at, begun.model_copy(update={"finished_at": utc_now()}))
    return results


async def needed(environment: Environment) -> list[Result]:
    """Say what an upgrade would do, without changing anything: a step of which something is left has failed.

    Raises as `upgrade` does, and `MissingResourceError` where a table is missing.
    """
    last = await last_upgrade(environment.dynamodb, await environment.table("runs"))
    begun = f"an upgrade to {last.release} is not finished" if last and not last.finished_at else ""
    waiting = sum(each.visible + each.in_flight + each.delayed for each in await queue_states(environment))
    results = [
        _result("release", begun, f"upgraded to {last.release}" if last else "not upgraded to any yet"),
        _result("events", detail=f"{waiting} messages wait: this release reads what the one before sends"),
    ]
    for step in STEPS:
        found = await step.work(environment, change=False)
        results.append(_result(step.name, f"{found} {step.what}" if found else ""))
    return results


def _result(name: str, problem: str = "", detail: str = "") -> Result:
    return Result(name, Outcome.FAILED, problem, REMEDY) if problem else Result(name, Outcome.OK, detail, "")
