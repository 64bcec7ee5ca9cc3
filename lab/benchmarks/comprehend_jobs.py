"""A sentiment job of understudy's Comprehend: how its memory and CPU time grow with the lines of its input.

Start-up is not included. While the job runs, a client scores a batch of 25 now and then. Exits with 1 when
the CPU time per line grows beyond the limit from the smallest input to the largest, or the memory from the
first half of the largest job to the second.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from fondly.stack.embedded import embedded_stack
from harness.processes import MIB, child, cpu_seconds, curve, growth, resident_mib, settled

if TYPE_CHECKING:
    from types_boto3_comprehend import ComprehendClient

ROLE = "arn:aws:iam::000000000000:role/comprehend"
WORDS = "great sound but the battery is terrible works as described would buy again not worth it".split()  # noqa: SIM905 - a sentence
WORDS_PER_LINE = 12
SAMPLE_S = 0.5
IDLE_CALLS = 20
ENDED = {"COMPLETED", "FAILED", "STOPPED"}
MAX_GROWTH = 1.3
"""Limit for CPU time per line, largest input to smallest, and for memory, second half to first."""


@dataclass
class Measured:
    """One job."""

    lines: int
    cpu_seconds: float = 0.0
    idle_call_s: list[float] = field(default_factory=list)
    call_s: list[float] = field(default_factory=list)
    resident_mib: list[float] = field(default_factory=list)

    @property
    def cpu_us_per_line(self) -> float:
        """CPU microseconds per line."""
        return self.cpu_seconds / self.lines * 1e6


def main() -> int:
    """Measure every size, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--lines", type=int, nargs="+", default=[10_000, 100_000], help="sizes of the inputs")
    sizes: list[int] = sorted(parser.parse_args().lines)
    rows = [measure(lines) for lines in sizes]
    show(rows)
    return verdict(rows[0], rows[-1])


def measure(lines: int) -> Measured:
    """Run a job on a file of so many lines, in an understudy of its own."""
    measured = Measured(lines)
    with TemporaryDirectory() as name, embedded_stack(Path(name) / "logs", services=()) as stack:
        bucket = stack.resources.buckets["data"]
        path = Path(name) / "reviews.txt"
        path.write_text("\n".join(reviews(lines)))
        Console(stderr=True).print(f"{lines:,} lines, {path.stat().st_size / MIB:,.0f} MiB", style="dim")
        boto3.client("s3").upload_file(str(path), bucket, "in/reviews.txt")
        process, client = settled(child("understudy")), boto3.client("comprehend")
        measured.idle_call_s = [timed_call(client) for _ in range(IDLE_CALLS)]
        before = cpu_seconds(process)
        watch(client, start(client, bucket), process, measured)
        measured.cpu_seconds = cpu_seconds(process) - before
    return measured


def reviews(lines: int) -> Iterator[str]:
    """Yield different lines of the same length."""
    for number in range(lines):
        at = number % len(WORDS)
        yield " ".join((WORDS[at:] + WORDS)[:WORDS_PER_LINE]) + f" {number}"


def start(client: "ComprehendClient", bucket: str) -> str:
    """Start a job and return its id."""
    return client.start_sentiment_detection_job(
        InputDataConfig={"S3Uri": f"s3://{bucket}/in/", "InputFormat": "ONE_DOC_PER_LINE"},
        OutputDataConfig={"S3Uri": f"s3://{bucket}/out"},
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
    )["JobId"]


def watch(client: "ComprehendClient", job_id: str, process: psutil.Process, measured: Measured) -> None:
    """Sample memory, and the time of a call, until the job has completed."""
    while True:
        measured.resident_mib.append(resident_mib(process))
        measured.call_s.append(timed_call(client))
        job = client.describe_sentiment_detection_job(JobId=job_id)["SentimentDetectionJobProperties"]
        if job["JobStatus"] in ENDED:
            break
        time.sleep(SAMPLE_S)
    if job["JobStatus"] != "COMPLETED":
        raise RuntimeError(job["Message"])


def timed_call(client: "ComprehendClient") -> float:
    """Return the seconds that scoring 25 documents takes."""
    texts = list(reviews(25))
    began = time.perf_counter()
    client.batch_detect_sentiment(TextList=texts, LanguageCode="en")
    return time.perf_counter() - began


def verdict(smallest: Measured, largest: Measured) -> int:
    """Print the growth of CPU time per line and of memory; return 1 if one is over the limit."""
    cost_growth = largest.cpu_us_per_line / smallest.cpu_us_per_line
    memory_growth = growth(largest.resident_mib)
    console = Console()
    console.print(
        f"CPU per line, largest / smallest input: {cost_growth:.2f} (limit: {MAX_GROWTH})", highlight=False
    )
    console.print(
        f"memory, second half / first half: {memory_growth:.2f} (limit: {MAX_GROWTH})", highlight=False
    )
    return int(max(cost_growth, memory_growth) > MAX_GROWTH)


def show(rows: list[Measured]) -> None:
    """Print the table."""
    table = Table("lines", "CPU s", "CPU µs per line", "peak MiB", "call, of idle", "resident memory")
    for row in rows:
        table.add_row(
            f"{row.lines:,}",
            f"{row.cpu_seconds:,.1f}",
            f"{row.cpu_us_per_line:,.0f}",
            f"{max(row.resident_mib):,.0f}",
            f"{median(row.call_s) / median(row.idle_call_s):.1f}",
            curve(row.resident_mib),
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
