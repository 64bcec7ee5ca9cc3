"""`fondly upgrade`: bring an environment to this release."""

from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import By, ConfigFile, decider
from fondly.cli.output import say

CheckOnly = Annotated[
    bool, typer.Option("--check", help="Only say what is missing; exits with 1 if anything is.")
]


@in_environment
async def upgrade(
    environment: Environment, *, check: CheckOnly = False, config: ConfigFile = None, by: By = None
) -> Answer:
    """Bring what earlier releases have stored up to date, once all tasks are of this release.

    Killed at any point, it is simply run again. Afterwards no earlier release starts in this environment.
    """
    from asyncio import to_thread
    from contextlib import suppress

    from fondly.cli.tables.verification import as_json, verified
    from fondly.operations.errors import MissingResourceError
    from fondly.operations.upgrading import upgrade as upgrading
    from fondly.operations.upgrading.checking import before_upgrading
    from fondly.operations.verification import Account, Outcome

    account = Account.open(environment.name, region=environment.region)
    results = await to_thread(before_upgrading, environment.topology, account, config)
    if check:
        with suppress(MissingResourceError):  # which is told already
            results += await upgrading.needed(environment)
    elif not any(each.outcome is Outcome.FAILED for each in results):
        results = await upgrading.upgrade(environment, by=await decider(environment, by), tell=say)
    failed = any(each.outcome is Outcome.FAILED for each in results)
    return Answer(as_json(results), verified(results), is_wrong=failed)
