"""A run and its delivery by processes of two releases, side by side or one after the other, on a stack."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fondly.operations.local_stack import exported
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.local_mail import HOLDING, TO_EVERYBODY
from fondly.stack.observer import observe
from tests.chaos.outcome import stored_emails
from tests.chaos.run import MODEL
from tests.support.deliveries import arrived, delivery_of, fondly
from tests.support.pipeline import Pipeline

KEY = "mixed.csv"
SETTINGS = {**HOLDING, **TO_EVERYBODY, **MODEL, "FONDLY_INGEST_PART_REVIEWS": "100"}
SAMPLE = 30


@dataclass(frozen=True)
class Made:
    """What came of a file."""

    emails: Mapping[str, bytes]
    """The stored emails by key, without their `Date`."""
    arrived: Counter[str]
    """How many emails the mail server has, by customer."""
    dead_letters: int


def make(file: Path, tasks: Mapping[str, str], folder: Path) -> Made:
    """Take a file to delivered emails by these processes: the Python of each by `service` or `service-2`."""
    with exported(SETTINGS), embedded_stack(folder / "logs", services=()) as stack:
        start(stack, tasks, {})
        return asyncio.run(_make(stack, file))


def start(stack: EmbeddedStack, tasks: Mapping[str, str], settings: Mapping[str, str]) -> None:
    """Start processes, the Python of each by `service` or `service-2`, with settings of their own."""
    for name, python in tasks.items():
        stack.processes.start(name, ["-m", f"fondly.{name.split('-')[0]}"], settings, python=python)


async def _make(stack: EmbeddedStack, file: Path) -> Made:
    async with uploaded(stack, file) as (pipeline, run):
        await delivery_of(pipeline, run.run_id, DeliveryStatus.HELD)
        await approve(pipeline, run.run_id, ("--sample", str(SAMPLE)))
        await approve(pipeline, run.run_id)
        return await made(pipeline, run.run_id)


@asynccontextmanager
async def uploaded(stack: EmbeddedStack, file: Path) -> AsyncIterator[tuple[Pipeline, Run]]:
    """Upload a file and wait until its run is open, whichever release points to it."""
    async with observe(stack.resources) as observer:
        pipeline = Pipeline(stack, observer)
        await asyncio.to_thread(pipeline.upload, KEY, file)
        async with asyncio.timeout(pipeline.patience_s):
            run = await _opened(observer.ledger)
        yield pipeline, run


async def _opened(ledger: Ledger) -> Run:
    while True:
        for run in await ledger.runs():
            return run
        await asyncio.sleep(0.2)


async def approve(pipeline: Pipeline, run_id: str, extent: Sequence[str] = ()) -> None:
    """Have a person approve a delivery, or a sample of it."""
    await fondly(pipeline, "run", "approve", run_id, *extent, "--by", "Asha", "--yes")


async def made(pipeline: Pipeline, run_id: str) -> Made:
    """Wait until all is delivered; return what came of it."""
    await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    await pipeline.quiet()
    return Made(
        emails=await stored_emails(pipeline.observer, run_id),
        arrived=arrived(pipeline, run_id),
        dead_letters=sum((await pipeline.dead_letters()).values()),
    )
