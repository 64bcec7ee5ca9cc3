"""Services at a quota of a twentieth of what one of their processes would ask for.

They are the very processes, on an embedded stack; understudy throttles as AWS does. Exits with 1 when a
message becomes a dead letter, something is missing at the end, less than 90 % of the quota is used, 5 % of
the calls are throttled, or too few calls were made to tell.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from fondly.runtime.runs.run import StageName
from harness.quota_run import Case, Outcome, measure

LEAST_USED, MOST_THROTTLED = 0.9, 0.05
LEAST_CALLS = 250
"""Of a shorter run, start and end are most: customers share prompts, so more products take more calls."""
SIZES = {StageName.MAILER: (360, 36, 20), StageName.SENTIMENT: (6_000, 300, 250)}
"""Customers, products and reviews a part: two to three minutes of calls."""
LATENCY_S = {StageName.MAILER: 1.0, StageName.SENTIMENT: 0.1}


def main() -> int:
    """Measure every case and print a table."""
    arguments = _arguments()
    table = Table(
        "", "workers", "configured", "quota", "made", "dead letters", "seconds", "used", "throttled"
    )
    missed = 0
    for stage in arguments.stages:
        for configured in arguments.configured:
            for workers in arguments.workers:
                case = _case(StageName(stage), workers, configured, arguments)
                outcome = _measured(case, arguments.logs)
                missed += not _is_within_limits(outcome)
                table.add_row(*_row(case, outcome))
                Console().print(" ".join(_row(case, outcome)), highlight=False)
    Console().print(table)
    return int(missed > 0)


def _measured(case: Case, logs: Path | None) -> Outcome:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if logs:
            folder = logs / f"{case.stage}-{case.workers}-{case.configured:g}"
            folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(measure(case, folder))


def _case(stage: StageName, workers: int, configured: float, arguments: argparse.Namespace) -> Case:
    customers, products, part_reviews = SIZES[stage]
    return Case(
        stage=stage,
        workers=workers,
        customers=arguments.customers or customers,
        products=arguments.products or products,
        part_reviews=part_reviews,
        latency_s=LATENCY_S[stage],
        share=arguments.share,
        configured=configured,
    )


def _is_within_limits(outcome: Outcome) -> bool:
    return (
        outcome.made == outcome.wanted
        and not outcome.dead_letters
        and outcome.calls >= LEAST_CALLS
        and outcome.used >= LEAST_USED
        and outcome.throttled_share < MOST_THROTTLED
    )


def _row(case: Case, outcome: Outcome) -> tuple[str, ...]:
    return (
        str(case.stage),
        str(case.workers),
        f"{case.configured:g} x",
        f"{case.calls_per_s:.2f}/s",
        f"{outcome.made:,} of {outcome.wanted:,}",
        str(outcome.dead_letters),
        f"{outcome.seconds:.0f}",
        f"{outcome.used:.1%}",
        f"{outcome.throttled} of {outcome.calls} ({outcome.throttled_share:.1%})",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--stages", nargs="+", choices=["mailer", "sentiment"], default=["mailer", "sentiment"])
    add("--workers", type=int, nargs="+", default=[1, 2, 6])
    add("--configured", type=float, nargs="+", default=[1.0], help="configured quota by the real one")
    add("--share", type=float, default=20.0, help="what one process would ask for, by the quota")
    add("--customers", type=int, help="of the sample; by default enough for two to three minutes")
    add("--products", type=int, help="of the sample: distinct ones take calls of their own")
    add("--logs", type=Path, metavar="FOLDER", help="keep the logs in this folder")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
