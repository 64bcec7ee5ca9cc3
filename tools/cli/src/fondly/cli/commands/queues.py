"""`fondly queues`."""

from typing import TYPE_CHECKING

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment


@in_environment
async def queues(environment: "Environment", *, json: AsJson = False) -> None:
    """Show how many messages and dead letters every queue has.

    Exits with 1 if there are dead letters.
    """
    from fondly.cli.output import console, print_json, say
    from fondly.cli.queues.table import queue_table
    from fondly.operations.queues import queue_states

    states = await queue_states(environment)
    if json:
        print_json(states)
    else:
        console().print(queue_table(states))
    if dead := [state.name for state in states if state.dead_letters]:
        say(f"dead letters in {', '.join(dead)}: see `fondly dlq show {dead[0]}`")
        raise typer.Exit(FOUND_WRONG)
