"""`encore-ops queues`."""

import typer

from encore.cli.command import FOUND_WRONG, AsJson, at_a_stage
from encore.cli.place import Place
from encore.cli.queues import QueueState, queue_states
from encore.cli.show import age, as_json, cell, out, say, table


@at_a_stage
async def queues(place: Place, *, json: AsJson = False) -> None:
    """Show what every queue holds; end with 1 while there are dead letters."""
    states = await queue_states(place)
    if json:
        as_json(states)
    else:
        _show(states)
    if dead := [state.name for state in states if state.dead_letters]:
        say(f"dead letters in {', '.join(dead)}: see `encore-ops dlq show {dead[0]}`")
        raise typer.Exit(FOUND_WRONG)


def _show(states: list[QueueState]) -> None:
    numbers = ("visible", "in flight", "delayed", "oldest", "dead letters")
    shown = table("queue", *numbers, right=numbers)
    for state in states:
        shown.add_row(
            cell(state.name),
            *(cell(number) for number in (state.visible, state.in_flight, state.delayed)),
            cell(age(state.oldest_age_s)),
            cell(state.dead_letters, "bold red" if state.dead_letters else ""),
        )
    out().print(shown)
