"""Dead letters as tables for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.operations.dead_letters.dead_letter import DeadLetter
from fondly.operations.dead_letters.received import DeadLetterCount
from fondly.operations.formatting import age, count, since


def count_table(counts: Sequence[DeadLetterCount]) -> Table:
    """A row per queue."""
    shown = table("queue", "dead letters", "oldest", right=("dead letters", "oldest"))
    for each in counts:
        style = "bold red" if each.dead_letters else ""
        shown.add_row(cell(each.queue), cell(count(each.dead_letters), style), cell(age(each.oldest_age_s)))
    return shown


def show_dead_letter(dead_letter: DeadLetter, console: Console, *, with_body: bool) -> None:
    """Print one dead letter: what it is about, why it was given up, and its body if wanted."""
    head = cell(dead_letter.about, "bold")
    if dead_letter.run_id:
        head.append_text(cell(f"  {dead_letter.run_id}", "cyan"))
    console.print(head, soft_wrap=True)
    rows = table("name", "value", fold="value")
    rows.show_header = False
    for name, value in _facts(dead_letter).items():
        rows.add_row(cell(f"  {name}", "dim"), cell(value))
    console.print(rows)
    if with_body:
        console.print(cell(f"  {dead_letter.body}"), soft_wrap=True)


def _facts(dead_letter: DeadLetter) -> dict[str, str | None]:
    first = dead_letter.first_received_at or dead_letter.sent_at
    return {
        "reason": dead_letter.reason,
        "exception": dead_letter.exception,
        "handler": dead_letter.handler,
        "first seen": f"{first:%Y-%m-%d %H:%M:%S} UTC, {age(since(first))} ago" if first else None,
        "receives": str(dead_letter.receives),
        "message id": dead_letter.message_id,
    }
