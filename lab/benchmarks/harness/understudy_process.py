"""understudy as a process of its own, whose CPU time is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import boto3
import psutil

from harness.processes import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_comprehend import ComprehendClient

_START_S = 60.0
_POLL_S = 0.1


@dataclass(frozen=True)
class Server:
    """A running understudy and a client of its Comprehend."""

    process: psutil.Process
    comprehend: ComprehendClient

    def cpu_s(self, batches: Sequence[Sequence[str]]) -> float:
        """Return the CPU seconds that the server's process needs for the batches, one call after another."""
        before = cpu_seconds(self.process)
        for texts in batches:
            self.comprehend.batch_detect_sentiment(TextList=texts, LanguageCode="en")
        return cpu_seconds(self.process) - before


@contextmanager
def serving(cores: int) -> Iterator[Server]:
    """Serve on a free loopback port and on so many cores; yields the server once it is up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy"],
        env=os.environ | {"UNDERSTUDY_PORT": str(port), "UNDERSTUDY_LOG_LEVEL": "warning"},
    )
    try:
        _wait_until_healthy(url)
        measured = psutil.Process(process.pid)
        if hasattr(measured, "cpu_affinity"):  # macOS has none
            measured.cpu_affinity(list(range(cores)))
        yield Server(measured, _client(url))
    finally:
        process.terminate()
        process.wait()


def _wait_until_healthy(url: str) -> None:
    ends = time.monotonic() + _START_S
    while True:
        try:
            with urlopen(f"{url}/_understudy/health"):  # noqa: S310 - our own loopback address
                return
        except URLError:
            if time.monotonic() > ends:
                raise
            time.sleep(_POLL_S)


def _client(url: str) -> ComprehendClient:
    client: ComprehendClient = boto3.client(
        "comprehend",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",  # noqa: S106 - understudy takes any
    )
    return client
