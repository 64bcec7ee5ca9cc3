"""`python -m tests.chaos.delivery --seed 1 [--seed 2 …] [--by smtp] [--emails 240]`: deliveries in a storm.

Exits with 1 if a promise is broken.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from tests.chaos.delivery_outcome import DeliveryOutcome
from tests.chaos.delivery_run import CALM_DELIVERY, SES, SMTP, STORMY_DELIVERY, run_delivery
from tests.chaos.delivery_verdict import judge_delivery
from tests.chaos.report import PlainPrinter, counts
from tests.chaos.verdict import Check


def main(arguments: Sequence[str] | None = None) -> int:
    """Deliver a run once without faults, then once per seed in a storm, by each transport."""
    options = _parser().parse_args(arguments)
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="fondly-delivery-"))
    broken: list[str] = []
    for transport in options.by or (SMTP, SES):
        for seed in [0, *(options.seed or [1])]:
            conditions = replace(
                STORMY_DELIVERY if seed else CALM_DELIVERY,
                seed=seed,
                transport=transport,
                emails=options.emails,
            )
            found = run_delivery(conditions, folder / f"{transport}-{seed}" / "logs")
            checks = judge_delivery(found)
            print_delivery(
                console, f"{transport}, seed {seed}" if seed else f"{transport}, calm", found, checks
            )
            if not all(check.kept for check in checks):
                broken.append(f"{transport} {seed}")
    if broken:
        console.print(f"failed: {', '.join(broken)}; logs in {folder}", highlight=False, soft_wrap=True)
    return 1 if broken else 0


def print_delivery(console: Console, name: str, found: DeliveryOutcome, checks: Sequence[Check]) -> None:
    """Print what was done to a delivery, what came of it, and every check."""
    say, tally = PlainPrinter(console), found.tally
    outcomes = Counter(each.outcome.value for each in found.dispatches.values())
    say(f"{name}: {found.seconds:.0f} s, {found.calls.total():,} AWS calls through the proxy")
    say(f"  outcomes        {counts(outcomes.most_common())}")
    say(f"  kills           {tally.kills.total()}")
    say(f"  faults          {sum(tally.faults.values())}: {counts(tally.by_fault().most_common())}")
    say(f"  also            {counts((+tally.interference).most_common())}")
    say(f"  most receives   {tally.most_receives} of one message")
    for check in checks:
        say(f"  {'ok  ' if check.kept else 'FAIL'} {check.promise}: {check.found}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.delivery", description="Deliver a run amid crashes and faults."
    )
    parser.add_argument("--seed", type=int, action="append", help="repeat for several seeds; default 1")
    parser.add_argument("--by", choices=(SMTP, SES), action="append", help="default: both")
    parser.add_argument("--emails", type=int, default=CALM_DELIVERY.emails, help="default %(default)s")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
