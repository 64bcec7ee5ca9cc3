"""dramatiq with dramatiq-sqs. Run as a program it sends; the worker is `dramatiq …with_dramatiq`."""

import sys

import dramatiq
from dramatiq_sqs import SQSBroker

from harness.workers import task

broker = SQSBroker(endpoint_url=task.ENDPOINT, region_name=task.REGION)
dramatiq.set_broker(broker)
work = dramatiq.actor(task.work, queue_name=task.QUEUE)


def send(count: int, body: str) -> None:
    """Send the body so many times."""
    for _ in range(count):
        work.send(body)


if __name__ == "__main__":
    send(int(sys.argv[1]), sys.argv[2])
