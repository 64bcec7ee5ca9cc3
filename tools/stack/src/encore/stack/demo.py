"""Runs one file from upload to finished emails on a stack and shows the results."""

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
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.file_names import MANIFEST
from encore.runtime.runs.run import Run
from encore.stack.collect import collect
from encore.stack.embedded import Stack
from encore.stack.embedded import exported as exported_settings
from encore.stack.gallery.runs import write_runs
from encore.stack.link_hosts import hosts_in
from encore.stack.observer import Observer, observe
from encore.stack.progress import RunProgress, snapshots
from encore.stack.report import render_report
from encore.stack.sample import write_sample
from encore.stack.sentiment_figures import exported
from encore.stack.upload_set import files_of_set, manifest_of

POLL_S = 0.4
START_S = 60.0
SETTLE_S = 3.0
SAMPLE_NAME = "sample.csv"

OpenStack = Callable[[Path], AbstractContextManager[Stack]]
"""Yields a running stack, which writes its logs to the given folder."""


class DemoFailedError(Exception):
    """The run did not finish; the message says why."""


def run_demo(open_stack: OpenStack, data: Path | None, out: Path, console: Console) -> Path:
    """Run `data` (a file, or a folder with the three separate ones; a sample by default) on a stack.

    Return the run's folder below `out`. Raises `DemoFailedError` if the run failed, `ProcessDiedError` or
    `StackNotReadyError` if the stack did; the logs stay in the folder that the message names.
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
    write_runs(out)
    render_report(summary, console)
    if summary["status"] != "finished":
        raise DemoFailedError(f"{summary['reason']} (logs in {folder / 'logs'})")
    return folder


def _run(
    open_stack: OpenStack, files: Sequence[Path], work: Path, console: Console
) -> tuple[str, dict[str, Any]]:
    console.print(f"starting; logs in {work / 'logs'}", style="dim", markup=False, highlight=False)
    with exported_settings(hosts_in(files)), open_stack(work / "logs") as stack:
        return asyncio.run(_follow(stack, files, work, console))


async def _follow(
    stack: Stack, files: Sequence[Path], work: Path, console: Console
) -> tuple[str, dict[str, Any]]:
    """Upload, show progress until the run ends, fetch its results; return its id and summary."""
    async with observe(stack.resources) as observer:
        started = time.monotonic()
        source = _address(stack, files)
        earlier = await observer.run_of(source)
        await asyncio.to_thread(_upload, stack, files)
        run_id, finished = await _until_finished(stack, observer, source, earlier, console)
        seconds = round(time.monotonic() - started, 2)
        run = await observer.ledger.run(run_id)
        summary = await _summary(observer, run, finished, seconds)
        await collect(observer, run_id, run.parts or 0, work, summary)
    return run_id, summary


async def _until_finished(
    stack: Stack, observer: Observer, source: str, earlier: Run | None, console: Console
) -> tuple[str, RunFinished]:
    deadline = time.monotonic() + START_S
    with RunProgress(console) as progress:
        while True:
            stack.check()
            run = await observer.run_of(source)
            started = run is not None and (earlier is None or run.run_id != earlier.run_id)
            if not started and time.monotonic() > deadline:
                raise DemoFailedError(_not_started(source, earlier))
            if run is not None and started:
                progress.update(snapshots(run))
                if not run.is_open and (finished := await observer.take_finished(run.run_id)):
                    progress.update(snapshots(await observer.ledger.run(run.run_id)))
                    return run.run_id, finished
            if reason := await observer.dead_letter():
                raise DemoFailedError(reason)
            await asyncio.sleep(POLL_S)


async def _summary(observer: Observer, run: Run, finished: RunFinished, seconds: float) -> dict[str, Any]:
    said = await observer.sentiment(run.run_id)
    return {
        "run_id": run.run_id,
        "status": finished.status,
        "reason": finished.reason,
        "source": run.source,
        **_counted(finished.counts),
        "stage_seconds": finished.stage_seconds,
        "total_seconds": seconds,
        "cost_usd": {name: float(cost) for name, cost in finished.cost_usd.items()},
        "sentiment": exported(said) if said else None,
        "queues": await _settled_queues(observer),
        "dead_letters": await observer.dead_letters(),
    }


async def _settled_queues(observer: Observer) -> dict[str, dict[str, int]]:
    """The queues' depths; a moment is allowed for deleting the run's last messages."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        depths = await observer.queues()
        if time.monotonic() > deadline or not any(any(depth.values()) for depth in depths.values()):
            return depths
        await asyncio.sleep(POLL_S)


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    """The run's counts, with a zero for each that every summary has."""
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
    """The file, or a folder's files in the order of their upload."""
    if data.is_file():
        return [data]
    if not data.is_dir():
        raise DemoFailedError(f"no such file or folder: {data}")
    try:
        return files_of_set(data)
    except FileError as error:
        raise DemoFailedError(str(error)) from error


def _sample(work: Path) -> Path:
    path = work / SAMPLE_NAME
    write_sample(path)
    return path


def _not_started(source: str, earlier: Run | None) -> str:
    if earlier is None:
        return f"ingest started no run for {source} within {START_S:.0f} s"
    return f"this stack has already processed {source}, as {earlier.run_id}: upload another file"


def _upload(stack: Stack, files: Sequence[Path]) -> None:
    """Put the files under `uploads/`; the manifest of a set comes last, so that exactly one run starts."""
    s3, bucket = boto3.client("s3"), stack.resources.buckets["data"]
    folder = f"{object_keys.UPLOADS}{_folder(files)}"
    own_manifest = files[-1].name == MANIFEST
    names = [path.name if own_manifest else _slug(path.name) for path in files]
    for name, path in zip(names, files, strict=True):
        s3.upload_file(str(path), bucket, f"{folder}{name}")
    if len(files) > 1 and not own_manifest:
        manifest = manifest_of(zip(names, files, strict=True))
        s3.put_object(Bucket=bucket, Key=f"{folder}{MANIFEST}", Body=manifest)


def _address(stack: Stack, files: Sequence[Path]) -> str:
    """The address that the source of the files' run starts with."""
    uploads = f"s3://{stack.resources.buckets['data']}/{object_keys.UPLOADS}"
    return f"{uploads}{_folder(files) or _slug(files[0].name)}"


def _folder(files: Sequence[Path]) -> str:
    return f"{_slug(files[0].parent.name)}/" if len(files) > 1 else ""


def _slug(name: str) -> str:
    """A file name that every emulator reports unchanged in its notifications."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name) or "upload"


def _settle(work: Path, folder: Path) -> Path:
    """Rename the working folder to the run's id, replacing an earlier one."""
    if folder.exists():
        shutil.rmtree(folder)
    return work.rename(folder)
