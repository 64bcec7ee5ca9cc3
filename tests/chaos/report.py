"""Prints what was done to a run and how it ended."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from tests.chaos.outcome import Outcome
from tests.chaos.verdict import Check

OPERATIONS_SHOWN = 8


def print_report(console: Console, seed: int, stormy: Outcome, checks: Sequence[Check]) -> None:
    """Print the faults of the run of `seed`, then every check."""
    say = PlainPrinter(console)
    tally, calls = stormy.tally, stormy.calls
    say(f"seed {seed}: {stormy.seconds:.0f} s, {calls.total():,} AWS calls through the proxy")
    say(f"  kills           {sum(tally.kills.values())}: {counts(tally.kills.most_common())}")
    say(f"  clocks off by   {min(tally.skews_s):+.0f} s to {max(tally.skews_s):+.0f} s")
    say(f"  faults          {sum(tally.faults.values())}: {counts(tally.by_fault().most_common())}")
    say(f"  mostly on       {counts(tally.by_operation().most_common(OPERATIONS_SHOWN))}")
    say(f"  also            {counts((+tally.interference).most_common())}")
    say(f"  most receives   {tally.most_receives} of one message")
    for check in checks:
        say(f"  {'ok  ' if check.kept else 'FAIL'} {check.promise}: {check.found}")


class PlainPrinter:
    """Prints lines as they are, without markup or wrapping."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, line: str) -> None:
        """Print a line."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def counts(pairs: Iterable[tuple[str, int]]) -> str:
    """Return names with their counts on one line."""
    return ", ".join(f"{name} {count}" for name, count in pairs) or "none"
