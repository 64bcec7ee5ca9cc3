"""Tells a person what was done to a run, and what became of it."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from tests.chaos.outcome import Outcome
from tests.chaos.verdict import Check

OPERATIONS_SHOWN = 8


def tell(console: Console, seed: int, stormy: Outcome, checks: Sequence[Check]) -> None:
    """Print what befell the run of `seed`, then the checks."""
    say = _Plain(console)
    tally, calls = stormy.tally, stormy.calls
    say(f"seed {seed}: {stormy.seconds:.0f} s, {calls.total():,} AWS calls through the proxy")
    say(f"  kills           {sum(tally.kills.values())}: {_counts(tally.kills.most_common())}")
    say(f"  clocks off by   {min(tally.skews_s):+.0f} s to {max(tally.skews_s):+.0f} s")
    say(f"  faults          {sum(tally.faults.values())}: {_counts(tally.by_fault().most_common())}")
    say(f"  most of them on {_counts(tally.by_operation().most_common(OPERATIONS_SHOWN))}")
    say(f"  besides         {_counts((+tally.happenings).most_common())}")
    say(f"  most receives   {tally.most_receives} of one message")
    for check in checks:
        say(f"  {'ok  ' if check.kept else 'FAIL'} {check.promise}: {check.found}")


class _Plain:
    """Prints lines as they are: no markup, no wrapping."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def _counts(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in pairs) or "none"
