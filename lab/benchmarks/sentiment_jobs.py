"""The sentiment service on a run that is scored by a job: how its memory and CPU time grow with the run.

Comprehend's own time is not included: the job answers at once. Everything that the service reads and writes
is on disk, so memory is the service's. Exits with 1 when CPU time per review or peak memory grows beyond the
limit from the smallest run to the largest.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, cast

from rich.console import Console
from rich.table import Table

from fondly.aspects import AspectReader
from fondly.contracts import object_keys
from fondly.runtime.logs import configure_logging
from fondly.runtime.runs.run import PartReport, StageName, part_name
from fondly.sentiment.adapters.job_outputs import S3JobOutputs
from fondly.sentiment.adapters.new_keys import new_keys
from fondly.sentiment.domain.engine import Engine
from fondly.sentiment.use_cases.advance_job import AdvanceJob
from fondly.sentiment.use_cases.collect_texts import CollectTexts
from fondly.sentiment.use_cases.find_aspects import FindAspects
from fondly.sentiment.use_cases.find_left_out import FindLeftOut
from fondly.sentiment.use_cases.keep_job_answers import KeepJobAnswers
from fondly.sentiment.use_cases.pay_once import PayOnce
from fondly.sentiment.use_cases.read_documents import ReadDocuments
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts
from harness import disk_world
from tests.support.runs import START, Runs, finish_part
from tests.support.stores import InMemoryAnnouncer, InMemoryPolls

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client


RUN = "run-0123456789abcdef"
KIB_PER_MIB = 1024
MAX_GROWTH = 1.3
"""Limit for CPU time per review and for peak memory, largest run to smallest."""


class Measured(NamedTuple):
    """One run."""

    reviews: int
    cpu_s: float
    peak_mib: float

    @property
    def cpu_s_per_100k(self) -> float:
        """CPU seconds per hundred thousand reviews."""
        return self.cpu_s / self.reviews * 100_000


def main() -> int:
    """Measure every size in a process of its own, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--reviews", type=int, nargs="+", default=[20_000, 100_000], help="sizes of the runs")
    sizes: Sequence[int] = sorted(parser.parse_args().reviews)
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rows = [pool.apply(measure, (reviews,)) for reviews in sizes]
    show(rows)
    growth = rows[-1].cpu_s_per_100k / rows[0].cpu_s_per_100k, rows[-1].peak_mib / rows[0].peak_mib
    Console().print(
        f"growth of CPU time per review {growth[0]:.2f}, of peak memory {growth[1]:.2f}, limit {MAX_GROWTH}"
    )
    return int(max(growth) > MAX_GROWTH)


def measure(reviews: int) -> Measured:
    """Score a run of so many reviews."""
    configure_logging(service="benchmark", level="ERROR")
    with TemporaryDirectory(prefix="fondly-benchmark-") as name:
        started_s = time.process_time()
        asyncio.run(score(Path(name), parts=-(-reviews // disk_world.PART_REVIEWS)))
        cpu_s = time.process_time() - started_s
    return Measured(reviews, cpu_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB)


async def score(folder: Path, *, parts: int) -> None:
    """Start the job, and go on when it has ended."""
    runs = Runs()
    await runs.ledger.open_run(RUN, source="benchmark")
    await runs.ledger.set_parts(RUN, parts)
    for part in range(1, parts + 1):
        report = PartReport(stage=StageName.INGEST, name=part_name(part), started_at=START, finished_at=START)
        await finish_part(runs.ledger, RUN, part, report)
    advance_job, announcer = await wire(folder, runs)
    for attempt in (0, 1):
        await advance_job.run(RUN, attempt, holder="benchmark")
    if len(announcer.announced) != 1:
        sys.exit("the run was not announced as scored")


async def wire(folder: Path, runs: Runs) -> tuple[AdvanceJob, InMemoryAnnouncer]:
    """The use cases of the service on disk."""
    objects, opinions, announcer = (
        disk_world.DiskObjects(folder),
        disk_world.DiskOpinions(folder),
        InMemoryAnnouncer(),
    )
    await objects.put_lines(object_keys.products(RUN), disk_world.catalogue())
    stage = runs.stage(StageName.SENTIMENT, announcer)
    read_documents = ReadDocuments(
        engine=Engine(),
        pay_once=PayOnce(kept=disk_world.DiskAnswers(folder), parallel_calls=1),
        asks=disk_world.NoCalls(),
        find_aspects=FindAspects(objects=objects, reader=AspectReader.load()),
    )
    dropped = disk_world.DroppedItems()
    everybody = FindLeftOut(dropped, scores_all=True)
    advance_job = AdvanceJob(
        ledger=runs.ledger,
        stage=stage,
        collect_texts=CollectTexts(
            objects=objects, read_documents=read_documents, new_keys=new_keys, find_left_out=everybody
        ),
        jobs=disk_world.DiskJobs(objects),
        keep_answers=KeepJobAnswers(
            objects=objects,
            read_documents=read_documents,
            outputs=S3JobOutputs(cast("S3Client", disk_world.DiskS3(folder)), "bucket"),
        ),
        score_part=ScorePart(
            objects=objects,
            reviews=dropped,
            opinions=opinions,
            read_documents=read_documents,
            find_left_out=everybody,
        ),
        total_products=TotalProducts(
            objects=objects,
            opinions=opinions,
            product_sentiments=dropped,
            stage=stage,
            ledger=runs.ledger,
            announcer=announcer,
        ),
        polls=InMemoryPolls(),
        announcer=announcer,
    )
    return advance_job, announcer


def show(rows: Sequence[Measured]) -> None:
    """Print a table."""
    table = Table("reviews", "CPU s", "CPU s per 100,000", "peak MiB")
    for row in rows:
        table.add_row(
            f"{row.reviews:,}", f"{row.cpu_s:.1f}", f"{row.cpu_s_per_100k:.1f}", f"{row.peak_mib:.0f}"
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
