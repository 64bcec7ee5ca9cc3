"""A file through the embedded stack: what its emulator takes beside the services."""

import asyncio
from pathlib import Path

import boto3
import psutil

from fondly.contracts import object_keys
from fondly.stack.embedded import MAKING, Stack, embedded_stack
from fondly.stack.observer import observe
from harness.processes import cpu_seconds, resident_mib

LOOK_S = 0.5
NAMES = {"fondly.stack.emulator": "emulator", "understudy": "understudy"} | {
    f"fondly.{service}": service for service in MAKING
}
Taken = dict[str, tuple[float, float]]
"""CPU seconds and peak resident MiB, by process."""


def through_emulator(path: Path, logs: Path) -> Taken:
    """Upload a file to a new stack, wait until its run has ended, and return what each process took."""
    with embedded_stack(logs, services=MAKING) as stack:
        bucket = stack.resources.buckets["data"]
        before = {name: cpu_seconds(process) for name, process in _processes().items()}
        boto3.client("s3").upload_file(str(path), bucket, f"{object_keys.UPLOADS}{path.name}")
        taken = asyncio.run(_until_ended(stack, f"s3://{bucket}/{object_keys.UPLOADS}{path.name}"))
    return {name: (cpu_s - before.get(name, 0.0), mib) for name, (cpu_s, mib) in taken.items()}


async def _until_ended(stack: Stack, source: str) -> Taken:
    taken: Taken = {}
    async with observe(stack.resources) as observer:
        while not ((run := await observer.run_of(source)) and not run.is_open):
            stack.check()
            for name, process in _processes().items():
                peak = taken.get(name, (0.0, 0.0))[1]
                taken[name] = (cpu_seconds(process), max(peak, resident_mib(process)))
            await asyncio.sleep(LOOK_S)
    return taken


def _processes() -> dict[str, psutil.Process]:
    found: dict[str, psutil.Process] = {}
    for process in psutil.Process().children():
        names = [NAMES[each] for each in process.cmdline() if each in NAMES]
        found.update(dict.fromkeys(names, process))
    return found
