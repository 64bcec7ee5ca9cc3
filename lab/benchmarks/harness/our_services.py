"""A file through our services, timed by the ledger."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3

from fondly.contracts import object_keys
from fondly.runtime.runs.run import PartReport, Run, StageName
from fondly.stack.embedded import LOCAL_SETTINGS, MAKING, Stack
from fondly.stack.observer import Observer, observe
from fondly.stack.processes import Processes

POLL_S = 0.5
CONNECT_S = 3.0
"""From a service's start until it has its clients and polls its queue."""
RUN_S = 900
TRAINING = "training"
LOCAL_ONLY = (
    "FONDLY_RECEIVE_WAIT_S",
    "FONDLY_MAILER_CONVERSE_RPM",
    "FONDLY_SENTIMENT_CALLS_PER_S",
    "FONDLY_RECOMMENDER_POLL_INTERVAL_S",
)


class RunError(Exception):
    """The run failed or did not end in time."""


@dataclass(frozen=True)
class Timings:
    """How long each step took, without gaps, and the run's counts."""

    seconds: dict[str, float]
    counts: dict[str, int]


@contextmanager
def services(log_dir: Path, settings: dict[str, str]) -> Iterator[Processes]:
    """Run the four services with production settings except those given; yield when they consume."""
    local = {name: os.environ.pop(name, LOCAL_SETTINGS[name]) for name in LOCAL_ONLY}
    try:
        with Processes(log_dir) as processes:
            alive = [log_dir / f"{service}.alive" for service in MAKING]
            for service, file in zip(MAKING, alive, strict=True):
                processes.start(
                    service, ["-m", f"fondly.{service}"], {**settings, "FONDLY_LIVENESS_FILE": str(file)}
                )
            while not all(file.exists() for file in alive):
                processes.check()
                time.sleep(POLL_S)
            time.sleep(CONNECT_S)
            yield processes
    finally:
        os.environ.update(local)


async def follow(stack: Stack, processes: Processes, path: Path) -> Timings:
    """Upload a file, wait for its run to end, and return the time of each step."""
    bucket = stack.resources.buckets["data"]
    key = f"{object_keys.UPLOADS}{path.name}"
    async with observe(stack.resources) as observer:
        uploaded = datetime.now(UTC)
        await asyncio.to_thread(boto3.client("s3").upload_file, str(path), bucket, key)
        run = await _ended(observer, processes, f"s3://{bucket}/{key}")
        if run.finished_at is None or run.reason:
            raise RunError(f"the run failed: {run.reason}")
        reports = await observer.ledger.reports(run.run_id)
    return Timings(_steps(uploaded, run.finished_at, reports), _counts(reports))


async def _ended(observer: Observer, processes: Processes, source: str) -> Run:
    deadline = time.monotonic() + RUN_S
    while time.monotonic() < deadline:
        processes.check()
        run = await observer.run_of(source)
        if run and not run.is_open:
            return run
        await asyncio.sleep(POLL_S)
    raise RunError(f"the run did not end within {RUN_S} s")


def _steps(uploaded: datetime, finished: datetime, reports: list[PartReport]) -> dict[str, float]:
    """Split the time from upload to end at the end of each step; selection ends when the mailer starts."""
    ends = {
        "ingest": max(each.finished_at for each in _of(StageName.INGEST, reports)),
        "sentiment": max(each.finished_at for each in _of(StageName.SENTIMENT, reports)),
        "personalize": max(
            each.finished_at for each in _of(StageName.RECOMMENDER, reports) if each.name == TRAINING
        ),
        "select": min(each.started_at for each in _of(StageName.MAILER, reports)),
        "write": finished,
    }
    seconds, since = {}, uploaded
    for step, end in ends.items():
        seconds[step] = max(0.0, (end - since).total_seconds())
        since = max(since, end)
    return seconds


def _of(stage: StageName, reports: list[PartReport]) -> list[PartReport]:
    return [report for report in reports if report.stage is stage]


def _counts(reports: list[PartReport]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for report in reports:
        for name, count in report.counts.items():
            counts[name] = counts.get(name, 0) + count
    return counts
