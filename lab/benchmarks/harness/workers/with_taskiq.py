"""taskiq with taskiq-aio-sqs. Run as a program it sends; the worker is `taskiq worker …:broker`."""

import asyncio
import sys

from taskiq_aio_sqs import SQSBroker

from harness.workers import task

broker = SQSBroker(task.QUEUE, endpoint_url=task.ENDPOINT, region_name=task.REGION, max_number_of_messages=10)
work = broker.register_task(task.work_async, task_name="work")


async def send(count: int, body: str) -> None:
    """Send the body so many times."""
    await broker.startup()
    for _ in range(count):
        await work.kiq(body)
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(send(int(sys.argv[1]), sys.argv[2]))
