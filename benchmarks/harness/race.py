"""One worker process consuming one full queue, and what that took."""

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

from encore.runtime.batches import batches
from harness.contestants import FOLDER, Contestant

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


class RaceError(Exception):
    """A worker did not do its work; the message names its log."""


@dataclass(frozen=True)
class Course:
    """What a worker has before it: so many messages, so long a handler, an endpoint to reach SQS by."""

    messages: int
    body: str
    concurrency: int
    log_dir: Path
    handler_s: float = 0.0
    endpoint: str | None = None


@dataclass(frozen=True)
class Lap:
    """From the first message being handled until the queue is empty, all deleted."""

    messages: int
    seconds: float
    cpu_seconds: float
    """User and system time of the worker with its children."""

    @property
    def cpu_ms_per_message(self) -> float:
        """Equal to CPU seconds per 1,000 messages."""
        return self.cpu_seconds / self.messages * 1_000

    @property
    def messages_per_s(self) -> float:
        """Throughput."""
        return self.messages / self.seconds


def run(contestant: Contestant, course: Course) -> Lap:
    """Fill a new queue, start a worker, and measure it."""
    sqs = boto3.client("sqs")
    name = f"bus-{next(_numbers)}"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    environment = {"BUS_QUEUE": name, "PYTHONPATH": str(FOLDER)}
    _fill(sqs, url, contestant, course, environment)
    if course.endpoint:
        environment["AWS_ENDPOINT_URL"] = course.endpoint
    lap = _measure(sqs, url, contestant, course, environment)
    sqs.delete_queue(QueueUrl=url)
    return lap


def _fill(
    sqs: "SQSClient", url: str, contestant: Contestant, course: Course, environment: Mapping[str, str]
) -> None:
    if contestant.producer:
        contestant.produce(course.messages, course.body, environment)
        return
    for numbers in batches(range(course.messages), BATCH):
        sqs.send_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(number), "MessageBody": course.body} for number in numbers],
        )


def _measure(
    sqs: "SQSClient", url: str, contestant: Contestant, course: Course, environment: Mapping[str, str]
) -> Lap:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as starter:
        starter.bind(("127.0.0.1", 0))
        starter.settimeout(START_S)
        settings = {
            "BUS_STARTER_PORT": str(starter.getsockname()[1]),
            "BUS_CONCURRENCY": str(course.concurrency),
            "BUS_HANDLER_S": str(course.handler_s),
        }
        with _worker(contestant, course, {**environment, **settings}) as worker:
            try:
                starter.recv(16)
            except TimeoutError as error:
                raise RaceError(f"{contestant.name} took no message; logs in {course.log_dir}") from error
            began, cpu_before = time.monotonic(), _cpu_seconds(worker)
            _await_empty(sqs, url, worker, contestant)
            return Lap(course.messages, time.monotonic() - began, _cpu_seconds(worker) - cpu_before)


@contextmanager
def _worker(
    contestant: Contestant, course: Course, environment: Mapping[str, str]
) -> Iterator[psutil.Process]:
    command = [str(contestant.python), *contestant.worker(course.concurrency)]
    log = course.log_dir / f"{contestant.name.split()[0]}.log"
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


def _await_empty(sqs: "SQSClient", url: str, worker: psutil.Process, contestant: Contestant) -> None:
    deadline = time.monotonic() + EMPTY_S
    while time.monotonic() < deadline and worker.status() != psutil.STATUS_ZOMBIE:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(DEPTH))["Attributes"]
        if not any(int(attributes[name]) for name in DEPTH):
            return
        time.sleep(POLL_S)
    raise RaceError(f"{contestant.name} left messages in the queue")
