"""`fondly queues`."""

from typing import TYPE_CHECKING

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment


@in_environment
async def queues(environment: "Environment") -> Answer:
    """Show how many messages and dead letters every queue has.

    Exits with 1 if there are dead letters.
    """
    from fondly.cli.tables.declaration import Table
    from fondly.cli.tables.queues import QUEUES
    from fondly.operations.queues import queue_states

    states = await queue_states(environment)
    dead = [state.name for state in states if state.dead_letters]
    remarks = [f"dead letters in {', '.join(dead)}: see `fondly dlq show {dead[0]}`"] if dead else []
    return Answer(states, [Table(QUEUES, states)], remarks, is_wrong=bool(dead))
