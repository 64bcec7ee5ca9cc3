"""How a demo has ended."""

from collections.abc import Iterator, Mapping
from typing import Any

from fondly.cli.tables.declaration import Line, Shown
from fondly.cli.tables.runs import run_sections
from fondly.operations.formatting import count, counted
from fondly.operations.runs.views import RunDetails

GOOD, NOTABLE, BAD = "green", "yellow", "bold red"


def demo_sections(run: RunDetails, summary: Mapping[str, Any]) -> Iterator[Shown]:
    """Yield everything about its run, what the mail server got, and what is left in queues."""
    yield from run_sections(run)
    delivery = summary.get("delivery") or {}
    if again := delivery.get("arrived_again"):
        yield Line(f"✗ {counted(again, 'email')} arrived once more", BAD)
    elif arrived := delivery.get("arrived"):
        yield Line(f"✓ {counted(arrived, 'email')} arrived, each once", GOOD)
    depths: Mapping[str, Mapping[str, int]] = summary["queues"]
    left = {name: depth for name, depth in depths.items() if any(depth.values())}
    for name, depth in left.items():
        messages = ", ".join(f"{count(number)} {what.replace('_', ' ')}" for what, number in depth.items())
        yield Line(f"! queue {name}: {messages}", NOTABLE)
    if not left:
        yield Line(f"✓ all {len(depths)} queues are empty", GOOD)
    dead = {name: number for name, number in summary["dead_letters"].items() if number}
    for name, number in dead.items():
        yield Line(f"✗ dead letters in {name}: {count(number)}", BAD)
    if not dead:
        yield Line("✓ no dead letters", GOOD)
