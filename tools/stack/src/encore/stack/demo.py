"""Runs one file from upload to finished emails on a stack and shows what came of it."""

import asyncio
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import boto3
from rich.console import Console

from encore.contracts import object_keys
from encore.contracts.events import RunFinished
from encore.runtime.runs.run import Run
from encore.stack.collect import collect
from encore.stack.embedded import Stack
from encore.stack.progress import RunProgress, snapshots
from encore.stack.report import render_report
from encore.stack.sample import write_sample
from encore.stack.watch import Watch, watch

POLL_S = 0.4
START_S = 60.0
SAMPLE_NAME = "sample.csv"

OpenStack = Callable[[Path], AbstractContextManager[Stack]]
"""Gives a running stack, which keeps its logs in the folder named."""


class DemoFailedError(Exception):
    """The run did not reach its end; the message says why."""


def run_demo(open_stack: OpenStack, data: Path | None, out: Path, console: Console) -> Path:
    """Run `data` (a file, or a folder with the three separate ones; a sample by default) on a stack.

    Return the run's folder below `out`. Raise `DemoFailedError` when the run failed, `ProcessDiedError` or
    `StackNotReadyError` when the stack did; logs stay in the folder that the message names.
    """
    given = _files(data) if data else []
    out.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix="demo-", dir=out))
    try:
        run_id, summary = _run(open_stack, given or [_sample(work)], work, console)
    except KeyboardInterrupt:
        shutil.rmtree(work)
        raise
    folder = _settle(work, out / run_id)
    render_report(summary, console)
    if summary["status"] != "finished":
        raise DemoFailedError(f"{summary['reason']} (logs in {folder / 'logs'})")
    return folder


def _run(
    open_stack: OpenStack, files: Sequence[Path], work: Path, console: Console
) -> tuple[str, dict[str, Any]]:
    console.print(f"waiting for the stack; logs in {work / 'logs'}", style="dim", highlight=False)
    with open_stack(work / "logs") as stack:
        return asyncio.run(_follow(stack, files, work, console))


async def _follow(
    stack: Stack, files: Sequence[Path], work: Path, console: Console
) -> tuple[str, dict[str, Any]]:
    """Upload, show progress until the run ends, fetch its results; return its id and summary."""
    async with watch(stack.resources) as eyes:
        started = time.monotonic()
        source = await asyncio.to_thread(_upload, stack, files)
        run_id, finished = await _until_finished(stack, eyes, source, console)
        seconds = round(time.monotonic() - started, 2)
        run = await eyes.ledger.run(run_id)
        summary = await _summary(eyes, run, finished, seconds)
        await collect(eyes, run_id, run.parts or 0, work, summary)
    return run_id, summary


async def _until_finished(
    stack: Stack, eyes: Watch, source: str, console: Console
) -> tuple[str, RunFinished]:
    deadline = time.monotonic() + START_S
    with RunProgress(console) as progress:
        while True:
            stack.check()
            run = await eyes.run_of(source)
            if run is None and time.monotonic() > deadline:
                raise DemoFailedError(f"ingest started no run for {source} within {START_S:.0f} s")
            if run is not None:
                progress.update(snapshots(run))
                if not run.is_open and (finished := await eyes.take_finished(run.run_id)):
                    progress.update(snapshots(await eyes.ledger.run(run.run_id)))
                    return run.run_id, finished
            if why := await eyes.dead_letter():
                raise DemoFailedError(why)
            await asyncio.sleep(POLL_S)


async def _summary(eyes: Watch, run: Run, finished: RunFinished, seconds: float) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "status": finished.status,
        "reason": finished.reason,
        "source": run.source,
        **_counted(finished.counts),
        "stage_seconds": finished.stage_seconds,
        "total_seconds": seconds,
        "cost_usd": {name: float(cost) for name, cost in finished.cost_usd.items()},
        "queues": await eyes.queues(),
        "dead_letters": await eyes.dead_letters(),
    }


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    """The run's counts; those that every summary carries are there even when nothing was counted."""
    always = (
        "products",
        "customers",
        "reviews",
        "interactions",
        "rejected_rows",
        "unaligned_texts",
        "recommendations",
        "emails",
        "emails_template_copy",
    )
    return dict.fromkeys(always, 0) | dict(counts)


def _files(data: Path) -> list[Path]:
    found = sorted(path for path in data.iterdir() if path.is_file()) if data.is_dir() else [data]
    if not found or not all(path.is_file() for path in found):
        raise DemoFailedError(f"no such file: {data}")
    return found


def _sample(work: Path) -> Path:
    path = work / SAMPLE_NAME
    write_sample(path)
    return path


def _upload(stack: Stack, files: Sequence[Path]) -> str:
    """Put the files under `uploads/` and return the address that the run's source starts with."""
    bucket = stack.resources.buckets["data"]
    s3 = boto3.client("s3")
    folder = f"{_slug(files[0].parent.name)}/" if len(files) > 1 else ""
    for path in files:
        key = f"{object_keys.UPLOADS}{folder}{_slug(path.name)}"
        s3.upload_file(str(path), bucket, key)
    return f"s3://{bucket}/{object_keys.UPLOADS}{folder or _slug(files[0].name)}"


def _slug(name: str) -> str:
    """A file name that every emulator announces the same way."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name) or "upload"


def _settle(work: Path, folder: Path) -> Path:
    """Move the working folder to the run's own name, in place of an earlier one."""
    if folder.exists():
        shutil.rmtree(folder)
    return work.rename(folder)
