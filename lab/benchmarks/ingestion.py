"""Ingest alone: how its memory and CPU time grow with the file.

Start-up is not included. Exits with 1 when the largest file takes more CPU time per review than the limit,
when that grows beyond the limit from the smallest file to the largest, or the memory from the first half of
the largest file to the second.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from fondly.contracts import object_keys
from fondly.evaluation.sample import write_sample
from fondly.runtime.runs.run import StageName
from fondly.stack.embedded import Stack, embedded_stack
from fondly.stack.observer import observe
from harness.processes import MIB, child, cpu_seconds, curve, growth, idle, resident_mib

REVIEWS_PER_CUSTOMER = 1.7  # of the sample
CUSTOMERS_PER_PRODUCT = 5
SAMPLE_S = 0.5
MAX_CPU_S_PER_100K = 25.0
"""Limit for the CPU seconds of 100,000 reviews, in the largest file."""
MAX_GROWTH = 1.3
"""Limit for CPU time per review, largest file to smallest, and for memory, second half to first."""


@dataclass
class Measured:
    """One file, ingested."""

    file_mib: float
    reviews: int
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    reading_cpu_seconds: float = 0.0
    """Of these, what passed before the number of parts was known: reading, merging, storing products."""
    resident_mib: list[float] = field(default_factory=list)

    @property
    def cpu_seconds_per_100k(self) -> float:
        """CPU seconds per hundred thousand reviews of this file."""
        return self.cpu_seconds / self.reviews * 100_000


def main() -> int:
    """Measure every size, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--reviews", type=int, nargs="+", default=[10_000, 100_000], help="sizes of the generated files")
    sizes: list[int] = sorted(parser.parse_args().reviews)
    rows = [measure(reviews) for reviews in sizes]
    show(rows)
    return verdict(rows[0], rows[-1])


def measure(reviews: int) -> Measured:
    """Ingest a generated file of about so many reviews, with no other service running."""
    with TemporaryDirectory() as name:
        path = Path(name) / "sample.csv"
        customers = round(reviews / REVIEWS_PER_CUSTOMER)
        facts = write_sample(path, customers=customers, products=max(30, customers // CUSTOMERS_PER_PRODUCT))
        measured = Measured(file_mib=path.stat().st_size / MIB, reviews=facts.reviews)
        Console(stderr=True).print(f"{facts.reviews:,} reviews, {measured.file_mib:,.0f} MiB", style="dim")
        with embedded_stack(Path(name) / "logs", services=("ingest",)) as stack:
            bucket = stack.resources.buckets["data"]
            process = idle(child("fondly.ingest"))
            boto3.client("s3").upload_file(str(path), bucket, f"{object_keys.UPLOADS}sample.csv")
            asyncio.run(until_ingested(stack, process, measured))
        return measured


async def until_ingested(stack: Stack, process: psutil.Process, measured: Measured) -> None:
    """Sample the process until the ledger says that every part has been announced."""
    started, cpu_before = time.monotonic(), cpu_seconds(process)
    async with observe(stack.resources) as observer:
        while True:
            stack.check()
            runs = await observer.ledger.runs()
            measured.cpu_seconds = cpu_seconds(process) - cpu_before
            measured.resident_mib.append(resident_mib(process))
            if all(run.parts is None for run in runs):
                measured.reading_cpu_seconds = measured.cpu_seconds
            if any(len(run.stage(StageName.INGEST).done) == run.parts for run in runs):
                break
            await asyncio.sleep(SAMPLE_S)
    measured.seconds = time.monotonic() - started


def verdict(smallest: Measured, largest: Measured) -> int:
    """Print CPU time per review, its growth and that of memory; return 1 if one is over its limit."""
    figures = (
        ("CPU s per 100,000 reviews, largest file", largest.cpu_seconds_per_100k, MAX_CPU_S_PER_100K),
        (
            "CPU per review, largest / smallest file",
            largest.cpu_seconds_per_100k / smallest.cpu_seconds_per_100k,
            MAX_GROWTH,
        ),
        ("memory, second half / first half", growth(largest.resident_mib), MAX_GROWTH),
    )
    for name, figure, limit in figures:
        Console().print(f"{name}: {figure:.2f} (limit: {limit})", highlight=False)
    return int(any(figure > limit for _, figure, limit in figures))


def show(rows: list[Measured]) -> None:
    """Print the table."""
    table = Table(
        "reviews", "MiB", "s", "CPU s", "reading", "storing", "per 100k", "peak MiB", "resident memory"
    )
    for row in rows:
        table.add_row(
            f"{row.reviews:,}",
            f"{row.file_mib:,.0f}",
            f"{row.seconds:,.0f}",
            f"{row.cpu_seconds:,.1f}",
            f"{row.reading_cpu_seconds:,.1f}",
            f"{row.cpu_seconds - row.reading_cpu_seconds:,.1f}",
            f"{row.cpu_seconds_per_100k:,.1f}",
            f"{max(row.resident_mib):,.0f}",
            curve(row.resident_mib),
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
