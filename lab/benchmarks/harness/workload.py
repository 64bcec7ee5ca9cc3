"""One worker process that consumes one full queue, measured."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import boto3
import psutil

from fondly.runtime.batches import batches
from harness.libraries import FOLDER, Library

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient


Depth = Literal["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
START_S = 60
EMPTY_S = 600
POLL_S = 0.1
STOP_S = 20
BATCH = 10
DEPTH: tuple[Depth, ...] = get_args(Depth)
_numbers = count(1)


class WorkerError(Exception):
    """A worker did not finish its workload; the message names its log."""


@dataclass(frozen=True)
class Workload:
    """A worker's task: the messages, the duration of its handler, the endpoint of SQS."""

    messages: int
    body: str
    concurrency: int
    log_dir: Path
    handler_s: float = 0.0
    endpoint: str | None = None


@dataclass(frozen=True)
class Measurement:
    """From the first message handled until the queue is empty and every message deleted."""

    messages: int
    seconds: float
    cpu_seconds: float
    """User and system time of the worker and its children."""

    @property
    def cpu_ms_per_message(self) -> float:
        """The same figure as CPU seconds per 1,000 messages."""
        return self.cpu_seconds / self.messages * 1_000

    @property
    def messages_per_s(self) -> float:
        """Messages per second."""
        return self.messages / self.seconds


def run(library: Library, workload: Workload) -> Measurement:
    """Fill a new queue, start a worker, and measure it until the queue is empty."""
    sqs = boto3.client("sqs")
    name = f"consumer-{next(_numbers)}"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    environment = {"BENCHMARK_QUEUE": name, "PYTHONPATH": str(FOLDER)}
    _fill(sqs, url, library, workload, environment)
    if workload.endpoint:
        environment["AWS_ENDPOINT_URL"] = workload.endpoint
    measurement = _measure(sqs, url, library, workload, environment)
    sqs.delete_queue(QueueUrl=url)
    return measurement


def _fill(
    sqs: "SQSClient", url: str, library: Library, workload: Workload, environment: Mapping[str, str]
) -> None:
    if library.producer:
        library.produce(workload.messages, workload.body, environment)
        return
    for numbers in batches(range(workload.messages), BATCH):
        sqs.send_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(number), "MessageBody": workload.body} for number in numbers],
        )


def _measure(
    sqs: "SQSClient", url: str, library: Library, workload: Workload, environment: Mapping[str, str]
) -> Measurement:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as starter:
        starter.bind(("127.0.0.1", 0))
        starter.settimeout(START_S)
        settings = {
            "BENCHMARK_STARTER_PORT": str(starter.getsockname()[1]),
            "BENCHMARK_CONCURRENCY": str(workload.concurrency),
            "BENCHMARK_HANDLER_S": str(workload.handler_s),
        }
        with _worker(library, workload, {**environment, **settings}) as worker:
            try:
                starter.recv(16)
            except TimeoutError as error:
                raise WorkerError(
                    f"{library.name} handled no message; its log is in {workload.log_dir}"
                ) from error
            began, cpu_before = time.monotonic(), _cpu_seconds(worker)
            _await_empty(sqs, url, worker, library)
            return Measurement(workload.messages, time.monotonic() - began, _cpu_seconds(worker) - cpu_before)


@contextmanager
def _worker(library: Library, workload: Workload, environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    command = [str(library.python), *library.worker(workload.concurrency)]
    log = workload.log_dir / f"{library.name.split()[0]}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
            command, env={**os.environ, **environment}, stdout=out, stderr=out
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait()


def _cpu_seconds(worker: psutil.Process) -> float:
    times = [each.cpu_times() for each in (worker, *worker.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _await_empty(sqs: "SQSClient", url: str, worker: psutil.Process, library: Library) -> None:
    deadline = time.monotonic() + EMPTY_S
    while time.monotonic() < deadline and worker.status() != psutil.STATUS_ZOMBIE:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(DEPTH))["Attributes"]
        if not any(int(attributes[name]) for name in DEPTH):
            return
        time.sleep(POLL_S)
    raise WorkerError(f"{library.name} left messages in the queue")
