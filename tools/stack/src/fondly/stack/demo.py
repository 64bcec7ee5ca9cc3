"""Runs one file from upload to finished emails on a stack and shows the results."""

import asyncio
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any

import boto3
import uvloop
from rich.console import Console

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING
from fondly.operations.check.upload_set import files_of_set, manifest_of
from fondly.operations.local_stack import exported as exported_settings
from fondly.operations.runs.facts import FAILED
from fondly.operations.runs.lookup import run_details
from fondly.operations.runs.views import RunDetails
from fondly.recommender.domain.shop.merchandising import read_shop_rules
from fondly.runtime.yaml_files import InvalidFileError
from fondly.stack.collect import collect
from fondly.stack.delivered import nothing_arrived
from fondly.stack.embedded import Stack
from fondly.stack.gallery.packed import write_runs
from fondly.stack.local_mail import FOLDER, TRANSPORT, ArrivedIn
from fondly.stack.observer import observe
from fondly.stack.outcome import DemoFailedError, summary_of, until_delivered, until_ended
from fondly.stack.sample import write_sample

__all__ = ["DemoFailedError", "OpenStack", "run_demo"]

SAMPLE_NAME = "sample.csv"
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})

OpenStack = Callable[[Path], AbstractContextManager[Stack]]
"""Yields a running stack, which writes its logs to the given folder."""
Show = Callable[[RunDetails, Mapping[str, Any]], None]
"""Shows people a run, and its `summary.json`."""


def run_demo(
    open_stack: OpenStack,
    data: Path | None,
    out: Path,
    console: Console,
    *,
    settings: Mapping[str, str] = NO_SETTINGS,
    show: Show = lambda *_: None,
) -> Path:
    """Run `data` (a file, or the folder of a set; a sample by default) on a stack with these settings.

    With those of `fondly.stack.local_mail.SENDING` the emails are delivered as well, to a mail server of the
    stack's own. Return the run's folder below `out`. Raises `DemoFailedError` if the run failed,
    `ProcessDiedError` or `StackNotReadyError` if the stack did; the logs stay in the folder that the message
    names.
    """
    given = _files(data) if data else []
    out.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix="demo-", dir=out))
    try:
        sample = [] if given else [_sample(work, addresses=TRANSPORT in settings)]
        details, summary = _run(open_stack, given or sample, settings, work, console)
    except KeyboardInterrupt:
        shutil.rmtree(work)
        raise
    folder = _rename(work, out / details.run_id)
    write_runs(out)
    show(details, summary)
    if summary["status"] != "finished":
        shown = f"what is there: {folder / 'index.html'}"
        console.print(shown, markup=False, highlight=False, soft_wrap=True)
        verb = "failed" if summary["status"] == FAILED else "is stuck"
        raise DemoFailedError(f"the run {verb}: {summary['reason']} (logs in {folder / 'logs'})")
    return folder


def _run(
    open_stack: OpenStack, files: Sequence[Path], settings: Mapping[str, str], work: Path, console: Console
) -> tuple[RunDetails, dict[str, Any]]:
    console.print(f"starting; logs in {work / 'logs'}", style="dim", markup=False, highlight=False)
    with (
        exported_settings(settings),
        open_stack(work / "logs") as stack,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_follow(stack, files, work, console))


async def _follow(
    stack: Stack, files: Sequence[Path], work: Path, console: Console
) -> tuple[RunDetails, dict[str, Any]]:
    """Upload, show progress until the run ends or is stuck, fetch its results; return it and its summary."""
    async with observe(stack.resources) as observer:
        started = time.monotonic()
        source = _address(stack, files)
        earlier = await observer.run_of(source)
        await asyncio.to_thread(_upload, stack, files)
        outcome = await until_ended(stack, observer, source, earlier, console)
        seconds = round(time.monotonic() - started, 2)
        run, mailbox = outcome.run, stack.variables.get(FOLDER)
        if mailbox and outcome.finished and outcome.finished.counts.get(Counted.EMAILS):
            await until_delivered(stack, observer, run.run_id, console)
        details = await run_details(observer.environment, observer.ledger, run)
        summary = await summary_of(observer, outcome, details, seconds)
        arrived = ArrivedIn(Path(mailbox)).copies if mailbox else nothing_arrived
        summary = await collect(observer, run.run_id, run.parts or 0, work, summary, arrived=arrived)
    return details, summary


def _files(data: Path) -> list[Path]:
    """The file, or a folder's files in the order of their upload; a mapping beside a file goes with it."""
    if data.is_file():
        mapping = data.parent / MAPPING
        return [mapping, data] if mapping.is_file() else [data]
    if not data.is_dir():
        raise DemoFailedError(f"no such file or folder: {data}")
    try:
        return files_of_set(data)
    except FileError as error:
        raise DemoFailedError(str(error)) from error


def _sample(work: Path, *, addresses: bool) -> Path:
    path = work / SAMPLE_NAME
    write_sample(path, addresses=addresses)
    return path


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


def _rename(work: Path, folder: Path) -> Path:
    """Rename the working folder to the run's id, replacing an earlier one."""
    if folder.exists():
        shutil.rmtree(folder)
    return work.rename(folder)


def with_merchandising(open_stack: OpenStack, file: Path) -> OpenStack:
    """Return an opener whose stack has this file as the shop's; raise `DemoFailedError` with its problems."""
    body = file.read_bytes()
    try:
        read_shop_rules(body, file=str(file))
    except InvalidFileError as error:
        raise DemoFailedError(str(error)) from error

    @contextmanager
    def opened(log_dir: Path) -> Iterator[Stack]:
        with open_stack(log_dir) as stack:
            boto3.client("s3").put_object(
                Bucket=stack.resources.buckets["data"], Key=object_keys.MERCHANDISING, Body=body
            )
            yield stack

    return opened
