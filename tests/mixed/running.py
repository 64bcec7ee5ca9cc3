"""A run and its delivery by processes of two releases side by side, on a stack of their own."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fondly.operations.local_stack import exported
from fondly.runtime.runs.delivery import DeliveryStatus
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
        for name, python in tasks.items():
            service = name.split("-")[0]
            stack.processes.start(name, ["-m", f"fondly.{service}"], {}, python=python)
        return asyncio.run(_make(stack, file))


async def _make(stack: EmbeddedStack, file: Path) -> Made:
    async with observe(stack.resources) as observer:
        pipeline = Pipeline(stack, observer)
        await asyncio.to_thread(pipeline.upload, KEY, file)
        run_id, _ = await pipeline.finished(KEY)
        await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
        sample = ("--sample", str(SAMPLE))
        for extent in (sample, ()):
            await fondly(pipeline, "run", "approve", run_id, *extent, "--by", "Asha", "--yes")
        await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
        await pipeline.quiet()
        return Made(
            emails=await stored_emails(observer, run_id),
            arrived=arrived(pipeline, run_id),
            dead_letters=sum((await pipeline.dead_letters()).values()),
        )
