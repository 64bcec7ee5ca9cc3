"""The work that every library does per message: report the first one, then sleep for the given time.

It imports only the standard library, because the other libraries run in an environment of their own.
"""

import asyncio
import os
import socket
import time

QUEUE = os.environ.get("BENCHMARK_QUEUE", "benchmark")
ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", "")
REGION = os.environ.get("AWS_REGION", "eu-west-1")
CONCURRENCY = int(os.environ.get("BENCHMARK_CONCURRENCY", "10"))
HANDLER_S = float(os.environ.get("BENCHMARK_HANDLER_S", "0"))
STARTER_PORT = int(os.environ.get("BENCHMARK_STARTER_PORT", "0"))

_begun: list[bool] = []


def begin() -> None:
    """Report to the benchmark that the first message is being handled."""
    if not _begun:
        _begun.append(True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reporter:
            reporter.sendto(b"begun", ("127.0.0.1", STARTER_PORT))


def work(_body: str) -> None:
    """Handle a message in a thread."""
    begin()
    if HANDLER_S:
        time.sleep(HANDLER_S)


async def work_async(_body: str) -> None:
    """Handle a message in an event loop."""
    begin()
    if HANDLER_S:
        await asyncio.sleep(HANDLER_S)
