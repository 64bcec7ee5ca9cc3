"""The demo's collector alone: its memory and CPU time by the number of emails.

A server in a process of its own makes up a finished run; the collector runs in another, with the demo's
clients. Exits with 1 when memory grows with the run, or when an email costs more than so many times what
Python's email parser takes to read it.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from fondly.stack.collect import collect
from fondly.stack.embedded import await_answer
from fondly.stack.observer import observe
from fondly.stack.processes import free_port
from fondly.stack.provision import Resources
from harness.generated_run import RUN, Run, message

KIB_PER_MIB = 1024
PARSED = 300
MAX_GROWTH = 1.2
"""Limit for the peak memory, largest run to smallest."""
MAX_MIB = 300
MAX_COST = 8.0
"""Limit for the CPU time per email, of what Python's email parser takes to read one."""


@dataclass(frozen=True)
class Measured:
    """One run, collected: peak resident memory, and CPU time in the collecting process."""

    customers: int
    peak_mib: float
    cpu_seconds: float

    @property
    def ms_per_email(self) -> float:
        """CPU milliseconds per email."""
        return self.cpu_seconds / self.customers * 1000


def main() -> int:
    """Measure every size, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--customers", type=int, nargs="+", default=[1_500, 20_000], help="sizes of the runs")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        sys.stdout.write(json.dumps(collect_one(options.one)))
        return 0
    rows = [measured(customers) for customers in sorted(options.customers)]
    return show(rows, parser_ms())


def measured(customers: int) -> Measured:
    """Collect a run in a process of its own."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, __file__, "--one", str(customers)], check=True, capture_output=True, text=True
    )
    return Measured(customers, **json.loads(done.stdout))


def collect_one(customers: int) -> dict[str, float]:
    """Serve a run, collect it into a folder that is then removed, and return memory and CPU time."""
    port = free_port()
    server = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "harness.generated_run", str(port), str(customers)],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    try:
        await_answer(f"http://127.0.0.1:{port}/data/runs/{RUN}/products.jsonl", lambda: None)
        before = time.process_time()
        with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
            asyncio.run(collected(customers, Path(folder)))
        used = time.process_time() - before
    finally:
        server.terminate()
        server.wait()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB
    return {"peak_mib": peak, "cpu_seconds": used}


async def collected(customers: int, folder: Path) -> None:
    """Collect the run; raise if an email is missing."""
    resources = Resources(tables={"emails": "emails", "runs": "runs"}, buckets={"data": "data"})
    async with observe(resources) as observer:
        await collect(observer, RUN, Run(customers).parts, folder, {"run_id": RUN, "emails": customers})
    found = sum(1 for _ in (folder / "emails").iterdir())
    if found != customers:
        raise RuntimeError(f"{found} of {customers} emails were collected")


def parser_ms() -> float:
    """The CPU milliseconds that Python's email parser takes for one of the run's emails."""
    messages = [message(number) for number in range(PARSED)]
    before = time.process_time()
    for each in messages:
        message_from_bytes(each)
    return (time.process_time() - before) / PARSED * 1000


def show(rows: list[Measured], parsed_ms: float) -> int:
    """Print the table and the ratios; return 1 if one is over its limit."""
    table = Table("emails", "peak MiB", "CPU s", "CPU ms per email", "of Python's parser")
    for row in rows:
        table.add_row(
            f"{row.customers:,}",
            f"{row.peak_mib:,.0f}",
            f"{row.cpu_seconds:,.1f}",
            f"{row.ms_per_email:.2f}",
            f"{row.ms_per_email / parsed_ms:.1f}",
        )
    console = Console()
    console.print(table)
    growth, cost = rows[-1].peak_mib / rows[0].peak_mib, rows[-1].ms_per_email / parsed_ms
    console.print(f"peak memory, largest / smallest run: {growth:.2f} (limit: {MAX_GROWTH})", highlight=False)
    console.print(f"peak memory: {rows[-1].peak_mib:.0f} MiB (limit: {MAX_MIB})", highlight=False)
    console.print(f"CPU per email, of Python's parser: {cost:.1f} (limit: {MAX_COST})", highlight=False)
    return int(growth > MAX_GROWTH or cost > MAX_COST or rows[-1].peak_mib > MAX_MIB)


if __name__ == "__main__":
    sys.exit(main())
