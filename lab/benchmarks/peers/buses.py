"""Task queues whose task does nothing, on the emulator's SQS, as each comes: sending is not measured."""

import asyncio
import logging
import os
import threading
from urllib.parse import urlsplit
from uuid import uuid4

from harness.contender import Found, Work, timed

WAIT_S = 300.0
AT_A_TIME = 10


class Count:
    """Says when so many tasks have been done."""

    def __init__(self, left: int) -> None:
        self._left = left
        self.none_left = threading.Event()

    def one(self) -> None:
        """Count one."""
        self._left -= 1
        if not self._left:
            self.none_left.set()

    def wait(self) -> None:
        """Wait for the last one; raise `TimeoutError` if it does not come."""
        if not self.none_left.wait(WAIT_S):
            raise TimeoutError(f"{self._left} tasks were not done")


def prepare(library: str, messages: str) -> Work:
    """Return a round of so many tasks."""
    logging.disable(logging.WARNING)
    consume = {"taskiq": with_taskiq, "dramatiq": with_dramatiq, "celery": with_celery}[library]

    def work() -> Found:
        found: Found = {"units": int(messages)}
        consume(f"bench-{uuid4().hex[:12]}", int(messages), found)
        return found

    return work


def with_taskiq(queue: str, tasks: int, found: Found) -> None:
    """With the broker of taskiq-aio-sqs, ten messages a receive."""
    asyncio.run(_with_taskiq(queue, tasks, found))


async def _with_taskiq(queue: str, tasks: int, found: Found) -> None:
    from taskiq.api import run_receiver_task  # noqa: PLC0415 - each process has one of the libraries to load
    from taskiq_aio_sqs import SQSBroker  # noqa: PLC0415

    await asyncio.to_thread(_create, queue)
    broker = SQSBroker(
        queue,
        region_name=os.environ["AWS_DEFAULT_REGION"],
        max_number_of_messages=AT_A_TIME,
        wait_time_seconds=1,
    )
    done, count = asyncio.Event(), Count(tasks)

    @broker.task(task_name="nothing")
    async def nothing() -> None:
        count.one()
        if count.none_left.is_set():
            done.set()

    await broker.startup()
    for _ in range(tasks):
        await nothing.kiq()
    with timed(found):
        receiving = asyncio.create_task(run_receiver_task(broker, max_async_tasks=AT_A_TIME))
        await asyncio.wait_for(done.wait(), WAIT_S)
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    await broker.shutdown()


def with_dramatiq(queue: str, tasks: int, found: Found) -> None:
    """With the broker of dramatiq-sqs, a thread of work, no middleware of a database."""
    import dramatiq  # noqa: PLC0415
    from dramatiq.worker import Worker  # noqa: PLC0415
    from dramatiq_sqs import SQSBroker  # noqa: PLC0415

    broker, count = SQSBroker(visibility_timeout=None), Count(tasks)
    nothing = dramatiq.actor(count.one, broker=broker, queue_name=queue, actor_name="nothing")
    for _ in range(tasks):
        nothing.send()
    worker = Worker(broker, worker_threads=1)
    with timed(found):
        worker.start()
        count.wait()
    worker.stop()


def with_celery(queue: str, tasks: int, found: Found) -> None:
    """With kombu's transport for SQS, a worker in a thread, acknowledged after the task as elsewhere."""
    from celery import Celery  # noqa: PLC0415
    from celery.contrib.testing.worker import start_worker  # noqa: PLC0415

    at = urlsplit(os.environ.get("AWS_ENDPOINT_URL_SQS") or os.environ["AWS_ENDPOINT_URL"])
    app, count = Celery(queue, broker=f"sqs://any:any@{at.hostname}:{at.port}//"), Count(tasks)
    app.conf.update(
        task_default_queue=queue,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=AT_A_TIME,
        broker_transport_options={
            "is_secure": False,
            "region": os.environ["AWS_DEFAULT_REGION"],
            "wait_time_seconds": 1,
        },
        worker_hijack_root_logger=False,
    )

    @app.task(name="nothing")
    def nothing() -> None:
        count.one()

    for _ in range(tasks):
        nothing.delay()
    with timed(found), start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=WAIT_S):
        count.wait()


def _create(queue: str) -> None:
    import boto3  # noqa: PLC0415

    boto3.client("sqs").create_queue(QueueName=queue)
