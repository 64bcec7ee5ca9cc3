"""A million customers at default settings, through the four services, on one machine.

One service runs after the other, each in processes of its own, with its own wiring, consumer and default
settings, until its queue is empty. The AWS behind them is local (`harness/local_aws`): its stores are files,
Comprehend and Personalize answer without understanding, `Converse` and its batch jobs are answered by
understudy's copywriter. So nothing is waited for but work: no quota, no training, no delay. What a network
and botocore take is not included; their calls are counted. `--emulator` measures the embedded stack instead.

Exits with 1 if a run does not get through its stages, has more than 1,000 parts, a ledger's item above 40 KB,
any item above 400 KB, or an event above 256 KiB.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from encore.contracts import object_keys
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run, StageName
from encore.stack.sample import SampleFacts, write_sample
from harness.emulated import through_emulator
from harness.local_aws import Session
from harness.million_report import Report, problems, show, together

CUSTOMERS_PER_PRODUCT = 50
MIN_PRODUCTS = 300
WITH_MAILER = 100_000
"""More customers go without the mailer by default: writing and judging takes milliseconds for each."""
KEY = f"{object_keys.UPLOADS}amazon.csv"
BUCKET = "data"
EXCHANGED = (
    *(f"personalize/{name}" for name in ("interactions", "users", "items", "input", "output")),
    *("sentiment/job/input", "copy/job/features/input", "copy/job/copy/input"),
)
"""Folders of files that AI services read or write."""


def main() -> int:
    """Run the stages, print what they took, write the result, and return the exit code."""
    options = _options()
    if options.emulator:
        return _beside(options)
    with tempfile.TemporaryDirectory(prefix="encore-million-", dir=options.folder) as name:
        folder = Path(name)
        started_s = time.monotonic()
        facts = _upload(folder, options)
        _say(
            f"{facts.customers:,} customers, {facts.reviews:,} reviews, {facts.products:,} products",
            started_s,
        )
        stages: dict[str, dict[str, Any]] = {}
        for stage in options.stages:
            stages[stage] = _run(folder, stage, options.tasks)
            _say(f"{stage}: {stages[stage]['cpu_s']:,.0f} CPU s", started_s)
        report = Report(facts.customers, facts.reviews, facts.products, stages, asyncio.run(_the_run(folder)))
        report.files = _batch_files(folder, report.run)
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report.facts(), indent=2) + "\n")
    found = problems(report, finished=StageName.MAILER in options.stages)
    for problem in found:
        Console(stderr=True).print(problem, style="red", highlight=False)
    return int(bool(found))


def _beside(options: argparse.Namespace) -> int:
    """Take the same file through the embedded stack, whose emulator holds everything in memory."""
    with tempfile.TemporaryDirectory(prefix="encore-million-", dir=options.folder) as name:
        path = Path(name) / Path(KEY).name
        facts = write_sample(path, customers=options.customers, products=_products(options))
        taken = through_emulator(path, Path(name) / "logs")
    table = Table(
        "", "CPU s", "CPU ms a customer", "peak MiB", title=f"{facts.customers:,} customers, ministack"
    )
    for process, (cpu_s, mib) in taken.items():
        table.add_row(process, f"{cpu_s:,.1f}", f"{cpu_s / facts.customers * 1_000:,.2f}", f"{mib:,.0f}")
    Console().print(table)
    return 0


def _products(options: argparse.Namespace) -> int:
    found: int = options.products or max(MIN_PRODUCTS, options.customers // CUSTOMERS_PER_PRODUCT)
    return found


def _upload(folder: Path, options: argparse.Namespace) -> SampleFacts:
    """Generate the file, put it into the bucket, and notify ingest."""
    session = Session(folder)
    path = session.objects.path(KEY)
    path.parent.mkdir(parents=True)
    facts = write_sample(path, customers=options.customers, products=_products(options))
    entity = {"bucket": {"name": BUCKET}, "object": {"key": KEY, "size": path.stat().st_size, "eTag": "0"}}
    notification = {"Records": [{"eventName": "ObjectCreated:Put", "s3": entity}]}
    session.queues.send("ingest-uploads", json.dumps(notification), {})
    return facts


def _run(folder: Path, stage: str, tasks: int) -> dict[str, Any]:
    """Run the tasks of a stage until its queue is empty; exit if one fails."""
    command = [sys.executable, "-m", "harness.stage_process", str(folder), stage]
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths}
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)  # noqa: S603 - our own module
        for _ in range(1 if stage == StageName.INGEST else tasks)
    ]
    outputs = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        sys.exit(f"{stage} ended with code {max(process.returncode for process in running)}")
    return together([json.loads(output) for output in outputs])


async def _the_run(folder: Path) -> Run:
    (run,) = await Ledger(Session(folder).tables, "runs").runs()  # type: ignore[arg-type] # as much of a client as it takes
    return run


def _batch_files(folder: Path, run: Run) -> dict[str, int]:
    """Count the files of each folder that is exchanged with AI services."""
    objects = Session(folder).objects
    found = {name: len(objects.keys(f"runs/{run.run_id}/{name}/")) for name in EXCHANGED}
    return {name: count for name, count in found.items() if count}


def _say(text: str, started_s: float) -> None:
    Console(stderr=True).print(
        f"{time.monotonic() - started_s:6,.0f} s  {text}", style="dim", highlight=False
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
    add("--folder", type=Path, help="where the stores are kept meanwhile: some 6 GB for a million customers")
    add("--tasks", type=int, default=os.cpu_count() or 1, help="processes of each service but ingest")
    add("--emulator", action="store_true", help="instead, take the file through the embedded stack")
    add("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    if options.stages is None:
        options.stages = list(StageName)[: 4 if options.customers <= WITH_MAILER else 3]
    return options


if __name__ == "__main__":
    sys.exit(main())
