"""The steps of a clean-up, in order. Each lists what there is, so whoever was killed is simply run again."""

import re
from collections.abc import Awaitable, Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from fondly.operations.cleanup.infrastructure import Owner, delete_infrastructure, owner_of
from fondly.operations.cleanup.items import delete_items
from fondly.operations.cleanup.messages import delete_dead_letters, purge_dead_letters, purge_queues
from fondly.operations.cleanup.objects import delete_objects
from fondly.operations.cleanup.personalize_steps import clean_personalize
from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import Environment
from fondly.operations.errors import MissingResourceError, OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.errors import error_code
from fondly.runtime.retry import UnprocessedError

RUN_ID = re.compile(r"run-[0-9a-f]{16,}")
Step = Callable[[Scope], Awaitable[None]]


async def clean(scope: Scope) -> None:
    """Delete everything, or what one run has made; a step that fails is reported, and the others are done."""
    for what, step in await _steps(scope):
        try:
            await step(scope)
        except (ClientError, BotoCoreError, UnprocessedError, OperationError) as error:
            scope.report.failure(what, why(error))


async def whole_id(environment: Environment, wanted: str) -> str:
    """Return a run's id; a whole one need not be in the ledger: a killed clean-up may have deleted it."""
    if RUN_ID.fullmatch(wanted):
        return wanted
    return (await find_run(await environment.ledger(), wanted)).run_id


async def open_runs(scope: Scope) -> list[str]:
    """The runs that have not ended, or whether the one that it is about has not."""
    try:
        runs = await (await scope.environment.ledger()).runs()
    except MissingResourceError:
        return []
    return [run.run_id for run in runs if run.is_open and scope.run_id in {None, run.run_id}]


async def _steps(scope: Scope) -> Sequence[tuple[str, Step]]:
    """Runs are ended first, so that services make nothing again; the ledger goes last."""
    paid = [("runs", _end_runs), ("Personalize", clean_personalize), ("objects", delete_objects)]
    if scope.run_id:
        return [*paid, ("dead letters", delete_dead_letters), ("items", delete_items)]
    steps = [paid[0], ("messages", purge_queues), *paid[1:]]
    if scope.keeps_infrastructure or await owner_of(scope) is not Owner.PROVISIONER:
        steps.append(("items", delete_items))  # which else go with their tables
    steps.append(("dead letters", purge_dead_letters))
    return steps if scope.keeps_infrastructure else [*steps, ("infrastructure", delete_infrastructure)]


async def _end_runs(scope: Scope) -> None:
    for run_id in await open_runs(scope):
        if not scope.dry_run:
            await (await scope.environment.ledger()).fail(run_id, "cleaned up by an operator")
        scope.report.deleted("open runs ended")


def why(error: Exception) -> str:
    """Say in one line why a step failed."""
    if isinstance(error, ClientError):
        return f"{error_code(error)} for {error.operation_name}"
    return " ".join(str(error).split())
