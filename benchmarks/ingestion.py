"""Ingest alone: how its memory and its CPU time grow with the file."""

import argparse
import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from local.sample import write_sample
from local.stack import Stack, embedded_stack
from local.watch import watch
from shared import layout
from shared.ledger import Stage

REVIEWS_A_CUSTOMER = 1.7  # of the sample
CUSTOMERS_A_PRODUCT = 5
SAMPLE_S = 0.5
CURVE = " ▁▂▃▄▅▆▇█"
POINTS = 40
MIB = 2**20


@dataclass
class Measured:
    """One file's passage."""

    file_mib: float
    reviews: int
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    resident_mib: list[float] = field(default_factory=list)


def main() -> None:
    """Measure every size asked for and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviews", type=int, nargs="+", default=[10_000, 100_000])
    sizes: list[int] = parser.parse_args().reviews
    show([measure(reviews) for reviews in sizes])


def measure(reviews: int) -> Measured:
    """Take a made-up file of about so many reviews in, with no other service running."""
    with TemporaryDirectory() as name:
        path = Path(name) / "sample.csv"
        customers = round(reviews / REVIEWS_A_CUSTOMER)
        facts = write_sample(path, customers=customers, products=max(30, customers // CUSTOMERS_A_PRODUCT))
        measured = Measured(file_mib=path.stat().st_size / MIB, reviews=facts.reviews)
        Console(stderr=True).print(f"{facts.reviews:,} reviews, {measured.file_mib:,.0f} MiB", style="dim")
        with embedded_stack(Path(name) / "logs", services=("ingest",)) as stack:
            bucket = stack.resources.buckets["data"]
            boto3.client("s3").upload_file(str(path), bucket, f"{layout.UPLOADS}sample.csv")
            asyncio.run(until_ingested(stack, measured))
        return measured


async def until_ingested(stack: Stack, measured: Measured) -> None:
    """Look at the process until the ledger says that every part has been announced."""
    process = ingest_process()
    started = time.monotonic()
    async with watch(stack.resources) as eyes:
        while True:
            stack.check()
            measured.resident_mib.append(process.memory_info().rss / MIB)
            if any(len(run.stage(Stage.INGEST).done) == run.parts for run in await eyes.ledger.runs()):
                break
            await asyncio.sleep(SAMPLE_S)
    times = process.cpu_times()
    measured.cpu_seconds = times.user + times.system
    measured.seconds = time.monotonic() - started


def ingest_process() -> psutil.Process:
    """The service among this process's children."""
    return next(child for child in psutil.Process().children() if child.cmdline()[-1] == "ingest")


def show(rows: list[Measured]) -> None:
    """Print the table."""
    table = Table(
        "reviews", "file", "seconds", "CPU s", "CPU s per 100k", "peak resident", "resident over time"
    )
    for row in rows:
        table.add_row(
            f"{row.reviews:,}",
            f"{row.file_mib:,.0f} MiB",
            f"{row.seconds:,.0f}",
            f"{row.cpu_seconds:,.1f}",
            f"{row.cpu_seconds / row.reviews * 100_000:,.1f}",
            f"{max(row.resident_mib):,.0f} MiB",
            curve(row.resident_mib),
        )
    Console().print(table)


def curve(values: list[float]) -> str:
    """Draw the values from zero to their peak."""
    step = max(1, len(values) // POINTS)
    return "".join(CURVE[round(value / max(values) * (len(CURVE) - 1))] for value in values[::step])


if __name__ == "__main__":
    main()
