"""`python -m tests.chaos --seed 1 [--seed 2 …] [--customers 520]`; exits with 1 if a promise is broken."""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from fondly.evaluation.sample import write_sample
from tests.chaos.fleet import BASELINE, HERE
from tests.chaos.outcome import Outcome
from tests.chaos.report import print_report
from tests.chaos.run import CALM_CONDITIONS, STORM_CONDITIONS, run_file
from tests.chaos.verdict import judge

CUSTOMERS = 520
CUSTOMERS_PER_PRODUCT = 5
MIN_PRODUCTS, MAX_PRODUCTS = 12, 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sample once without faults, then once per seed in a storm, from the release before if named."""
    options = _parser().parse_args(arguments)
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="fondly-chaos-"))
    products = min(MAX_PRODUCTS, max(MIN_PRODUCTS, options.customers // CUSTOMERS_PER_PRODUCT))
    file = folder / "sample.csv"
    write_sample(file, customers=options.customers, products=products)
    calm = run_file(file, CALM_CONDITIONS, folder / "calm")
    console.print(f"calm run: {calm.seconds:.0f} s, {len(calm.emails)} emails", highlight=False)
    broken = [seed for seed in options.seed or [1] if not _passes(console, seed, file, calm, folder)]
    if broken:
        console.print(f"failed: seeds {broken}; logs in {folder}", highlight=False, soft_wrap=True)
    return 1 if broken else 0


def _passes(console: Console, seed: int, file: Path, calm: Outcome, folder: Path) -> bool:
    stormy = run_file(file, replace(STORM_CONDITIONS, seed=seed), folder / f"seed-{seed}")
    checks = judge(stormy, calm, is_mixed=BASELINE != HERE)
    print_report(console, seed, stormy, checks)
    return all(check.kept for check in checks)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description="Run the sample amid crashes and faults."
    )
    parser.add_argument("--seed", type=int, action="append", help="repeat for several seeds; default 1")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help=f"default {CUSTOMERS}")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
