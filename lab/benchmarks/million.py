"""A million customers at default settings, through the four services, on one machine.

One service runs after the other, each in processes of its own, with its own wiring, consumer and default
settings, until its queue is empty. The AWS behind them is local (`harness/local_aws`): its stores are files,
Comprehend and Personalize answer without understanding, `Converse` is answered by
understudy's copywriter. So nothing is waited for but work: no quota, no training, no delay. What a network
and botocore take is not included; their calls are counted. `--emulator` measures the embedded stack instead.

With `--folder` the run is kept there, and the same command goes on with it: finished stages are not repeated,
and one that was interrupted resumes with the messages that are left, as a service that was restarted does.

Exits with 1 if a run does not get through its stages, has more than 1,000 parts, a ledger's item above 40 KB,
any item above 400 KB, or an event above 256 KiB.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from fondly.contracts import object_keys
from fondly.evaluation.sample import write_sample
from fondly.runtime.runs.run import MAKING, Run, StageName
from fondly.stack.embedded import Stack, embedded_stack
from fondly.stack.observer import observe
from harness.million_report import Report, problems, show
from harness.processes import cpu_seconds, resident_mib
from harness.staged import KEY, Staged

CUSTOMERS_PER_PRODUCT = 50
MIN_PRODUCTS = 300
WITH_MAILER = 100_000
"""More customers go without the mailer by default: writing and judging takes milliseconds for each."""
EXCHANGED = tuple(f"personalize/{name}" for name in ("interactions", "users", "items", "input", "output"))
"""Folders of files that Personalize reads or writes."""
LOOK_S = 0.5
NAMES = {"fondly.stack.emulator": "emulator", "understudy": "understudy"} | {
    f"fondly.{service}": service for service in MAKING
}
Taken = dict[str, tuple[float, float]]
"""CPU seconds and peak resident MiB, by process."""


def main() -> int:
    """Run the stages, print what they took, write the result, and return the exit code."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped; the same command goes on"))
    if options.emulator:
        return _beside(options)
    if options.folder:
        return _through_stages(options.folder, options)
    with tempfile.TemporaryDirectory(prefix="fondly-million-") as name:
        return _through_stages(Path(name), options)


def _through_stages(folder: Path, options: argparse.Namespace) -> int:
    say = partial(_say, started_s=time.monotonic())
    staged = Staged(folder, say)
    shop = staged.shop(options.customers, _products(options))
    say(f"{shop.customers:,} customers, {shop.reviews:,} reviews, {shop.products:,} products")
    for stage in options.stages:
        if staged.took(stage) is None:
            took = staged.run(stage, 1 if stage == StageName.INGEST else options.tasks)
            say(f"{stage}: finished, {took['cpu_s']:,.0f} CPU s")
    run = staged.ledger_run()
    if run is None:
        sys.exit("ingest has opened no run")
    stages = {str(stage): taken for stage in MAKING if (taken := staged.took(stage)) is not None}
    files = _batch_files(staged, run)
    report = Report(shop.customers, shop.reviews, shop.products, stages, run, files)
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report.facts(), indent=2) + "\n")
    found = problems(report, finished=StageName.MAILER in stages)
    for problem in found:
        Console(stderr=True).print(problem, style="red", highlight=False)
    return int(bool(found))


def _beside(options: argparse.Namespace) -> int:
    """Take the same file through the embedded stack, whose emulator holds everything in memory."""
    with tempfile.TemporaryDirectory(prefix="fondly-million-", dir=options.folder) as name:
        path = Path(name) / Path(KEY).name
        facts = write_sample(path, customers=options.customers, products=_products(options))
        taken = _through_emulator(path, Path(name) / "logs")
    table = Table(
        "", "CPU s", "CPU ms a customer", "peak MiB", title=f"{facts.customers:,} customers, ministack"
    )
    for process, (cpu_s, mib) in taken.items():
        table.add_row(process, f"{cpu_s:,.1f}", f"{cpu_s / facts.customers * 1_000:,.2f}", f"{mib:,.0f}")
    Console().print(table)
    return 0


def _through_emulator(path: Path, logs: Path) -> Taken:
    """Upload a file to a new stack, wait until its run has ended, and return what each process took."""
    with embedded_stack(logs, services=MAKING) as stack:
        bucket = stack.resources.buckets["data"]
        before = {name: cpu_seconds(process) for name, process in _processes().items()}
        boto3.client("s3").upload_file(str(path), bucket, f"{object_keys.UPLOADS}{path.name}")
        taken = asyncio.run(_until_ended(stack, f"s3://{bucket}/{object_keys.UPLOADS}{path.name}"))
    return {name: (cpu_s - before.get(name, 0.0), mib) for name, (cpu_s, mib) in taken.items()}


async def _until_ended(stack: Stack, source: str) -> Taken:
    taken: Taken = {}
    async with observe(stack.resources) as observer:
        while not ((run := await observer.run_of(source)) and not run.is_open):
            stack.check()
            for name, process in _processes().items():
                peak = taken.get(name, (0.0, 0.0))[1]
                taken[name] = (cpu_seconds(process), max(peak, resident_mib(process)))
            await asyncio.sleep(LOOK_S)
    return taken


def _processes() -> dict[str, psutil.Process]:
    found: dict[str, psutil.Process] = {}
    for process in psutil.Process().children():
        names = [NAMES[each] for each in process.cmdline() if each in NAMES]
        found.update(dict.fromkeys(names, process))
    return found


def _products(options: argparse.Namespace) -> int:
    found: int = options.products or max(MIN_PRODUCTS, options.customers // CUSTOMERS_PER_PRODUCT)
    return found


def _batch_files(staged: Staged, run: Run) -> dict[str, int]:
    """Count the files of each folder that is exchanged with Personalize."""
    objects = staged.session.objects
    found = {name: len(objects.keys(f"runs/{run.run_id}/{name}/")) for name in EXCHANGED}
    return {name: count for name, count in found.items() if count}


def _say(text: str, *, started_s: float) -> None:
    Console(stderr=True).print(
        f"{time.monotonic() - started_s:6,.0f} s  {text}", style="dim", highlight=False, soft_wrap=True
    )


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--customers", type=int, default=1_000_000)
    add("--products", type=int, help=f"by default one for {CUSTOMERS_PER_PRODUCT} customers")
    add(
        "--stages",
        nargs="+",
        choices=[*StageName],
        help=f"by default all, without the mailer above {WITH_MAILER:,} customers",
    )
    add(
        "--folder",
        type=Path,
        help="where the run is kept, to go on with it: some 6 GB for a million customers",
    )
    add("--tasks", type=int, default=os.cpu_count() or 1, help="processes of each service but ingest")
    add("--emulator", action="store_true", help="instead, take the file through the embedded stack")
    add("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    if options.stages is None:
        options.stages = list(StageName)[: 4 if options.customers <= WITH_MAILER else 3]
    return options


if __name__ == "__main__":
    sys.exit(main())
