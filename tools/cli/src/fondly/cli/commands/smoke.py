"""`fondly smoke`: a small run through a whole environment, and a verdict for each open question about AWS."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import ConfigFile
from fondly.cli.output import say

Out = Annotated[Path, typer.Option(file_okay=False, help="Its folder: state, sample, recorded calls.")]
Budget = Annotated[float, typer.Option("--budget", min=0.01, metavar="USD", help="What the run may cost.")]
Hours = Annotated[float, typer.Option(min=0.001, help="How long a step may take.")]
Interval = Annotated[float, typer.Option(min=0.1, help="Seconds between two looks at the ledger.")]


@in_environment
async def smoke(
    environment: Environment,
    *,
    out: Out = Path("out/smoke"),
    budget: Budget = 5,
    hours: Hours = 6,
    interval_s: Interval = 10,
    config: ConfigFile = None,
) -> Answer:
    """Send 60 made-up customers through an empty environment.

    Emails go to SES's mailbox simulator, calls of AI services are recorded, open questions about AWS are
    asked. Then everything in the environment is deleted. Killed at any point, it is simply run again: nothing
    is paid twice. Exits with 1 if a step was refused.
    """
    import asyncio
    from decimal import Decimal

    from fondly.cli.tables.smoke import verdict_sections
    from fondly.operations.shop import load_shop
    from fondly.operations.smoke.beginning import Beginning
    from fondly.operations.smoke.smoke import Smoke
    from fondly.operations.verification import Account
    from fondly.stack.sample import write_few

    account = await asyncio.to_thread(Account.open, environment.name, region=environment.region)
    limit = Decimal(str(budget))
    state = await Beginning(account, load_shop(config), out, limit, write_few).state(environment)
    await Smoke(environment, out, state, limit, 3_600 * hours, interval_s, say).run()
    return Answer(state, verdict_sections(state), is_wrong=state.refused is not None)
