"""A run of a file on a stack that lacks some of its services."""

import asyncio
from pathlib import Path

import boto3

from fondly.contracts import object_keys
from fondly.runtime.runs.run import CLEARING
from fondly.stack.embedded import EmbeddedStack
from fondly.stack.observer import Observer

POLL_S = 0.25
BEGIN_S = 900.0


async def begun(stack: EmbeddedStack, observer: Observer, path: Path) -> str:
    """Upload a file; return its run's id, cleared also for stages that are not there to do so."""
    bucket, key = stack.resources.buckets["data"], f"{object_keys.UPLOADS}{path.name}"
    await asyncio.to_thread(boto3.client("s3").upload_file, str(path), bucket, key)
    async with asyncio.timeout(BEGIN_S):
        while (run := await observer.run_of(f"s3://{bucket}/{key}")) is None:
            stack.check()
            await asyncio.sleep(POLL_S)
    for stage in CLEARING:
        await observer.ledger.clear(run.run_id, stage)
    return run.run_id
