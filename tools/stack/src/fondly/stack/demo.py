"""Runs one file from upload to finished emails on a stack and shows the results."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any

import boto3
from rich.console import Console

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.operations.local_stack import exported as exported_settings
from fondly.operations.runs.facts import FAILED
from fondly.operations.runs.lookup import run_details
from fondly.operations.runs.views import RunDetails
from fondly.operations.transaction_speed import slow_transactions
from fondly.operations.uploading import Upload, uploads_of
from fondly.recommender.domain.shop.merchandising import read_shop_rules
from fondly.runtime.runs.run import Run, StageName
from fondly.stack.collect import Collected, collect, collecting
from fondly.stack.delivered import nothing_arrived
from fondly.stack.embedded import Stack
from fondly.stack.local_mail import FOLDER, NOWHERE, TRANSPORT, ArrivedIn
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
    stack's own. Return the run's folder below `out`. Raises `OperationError` for data that is none,
    `DemoFailedError` if the run failed, `ProcessDiedError` or `StackNotReadyError` if the stack did; the logs
    stay in the folder that the message names.
    """
    given = uploads_of(data) if data else []
    out.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix="demo-", dir=out))
    try:
        sample = [] if given else [_sample(work, addresses=TRANSPORT in settings)]
        details, summary = _run(open_stack, given or sample, settings, work, console)
    except KeyboardInterrupt:
        shutil.rmtree(work)
        raise
    folder = _rename(work, out / details.run_id)
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
    with exported_settings(settings), open_stack(work / "logs") as stack:
        if warning := slow_transactions():
            console.print(warning, style="yellow", markup=False, highlight=False)
        return asyncio.run(_follow(stack, files, work, console))


async def _follow(
    stack: Stack, files: Sequence[Path], work: Path, console: Console
) -> tuple[RunDetails, dict[str, Any]]:
    """Upload, show progress until the run ends or is stuck, fetch its results; return it and its summary."""
    async with AsyncExitStack() as opened:
        observer = await opened.enter_async_context(observe(stack.resources))
        early: list[Collected] = []

        async def mailed(run: Run) -> None:
            """Fetch the emails of parts as they come; what is delivered is told when all is."""
            done = run.stage(StageName.MAILER).done
            if done and not early and stack.variables.get(TRANSPORT) == NOWHERE:
                early.append(await opened.enter_async_context(collecting(observer, run.run_id, work)))
            for collected in early:
                await collected.mailed(done)

        started = time.monotonic()
        upload, bucket = Upload(files), stack.resources.buckets["data"]
        source = f"s3://{bucket}/{upload.address}"
        earlier = await observer.run_of(source)
        await upload.put(observer.environment.s3, bucket)
        outcome = await until_ended(stack, observer, source, earlier, console, meanwhile=mailed)
        seconds = round(time.monotonic() - started, 2)
        run, mailbox = outcome.run, stack.variables.get(FOLDER)
        if mailbox and outcome.finished and outcome.finished.counts.get(Counted.EMAILS):
            await until_delivered(stack, observer, run.run_id, console)
        details = await run_details(observer.environment, observer.ledger, run)
        summary = await summary_of(observer, outcome, details, seconds)
        stack.dismiss()
        arrived = ArrivedIn(Path(mailbox)).copies if mailbox else nothing_arrived
        if early:
            return details, await early[0].finish(run.parts or 0, summary)
        return details, await collect(observer, run.run_id, run.parts or 0, work, summary, arrived=arrived)


def _sample(work: Path, *, addresses: bool) -> Path:
    path = work / SAMPLE_NAME
    write_sample(path, addresses=addresses)
    return path


def _rename(work: Path, folder: Path) -> Path:
    """Rename the working folder to the run's id, replacing an earlier one."""
    if folder.exists():
        shutil.rmtree(folder)
    return work.rename(folder)


def with_merchandising(open_stack: OpenStack, file: Path) -> OpenStack:
    """Return an opener whose stack has this file as the shop's; `InvalidFileError` if it is no good."""
    body = file.read_bytes()
    read_shop_rules(body, file=str(file))

    @contextmanager
    def opened(log_dir: Path) -> Iterator[Stack]:
        with open_stack(log_dir) as stack:
            boto3.client("s3").put_object(
                Bucket=stack.resources.buckets["data"], Key=object_keys.MERCHANDISING, Body=body
            )
            yield stack

    return opened
