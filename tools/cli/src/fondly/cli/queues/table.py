"""Queues as a table for people."""

from collections.abc import Sequence

from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.operations.formatting import age, count
from fondly.operations.queues import QueueState


def queue_table(states: Sequence[QueueState]) -> Table:
    """A row per queue."""
    numbers = ("visible", "in flight", "delayed", "oldest", "dead letters")
    shown = table("queue", *numbers, right=numbers)
    for state in states:
        shown.add_row(
            cell(state.name),
            *(cell(count(number)) for number in (state.visible, state.in_flight, state.delayed)),
            cell(age(state.oldest_age_s)),
            cell(count(state.dead_letters), "bold red" if state.dead_letters else ""),
        )
    return shown
