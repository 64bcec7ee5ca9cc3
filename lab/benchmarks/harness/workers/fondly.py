"""Our consumer as the services run it: logs and metrics on, default settings."""

import asyncio

from aiobotocore.session import get_session

from fondly.runtime.aws import CONFIG
from fondly.runtime.logs import configure_logging
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.sqs import SQSQueue
from harness.workers import task


async def handle(message: Message) -> None:
    """Do the work that all libraries do."""
    await task.work_async(message.body)


async def main() -> None:
    """Consume until the process is stopped."""
    configure_logging(service="benchmark")
    async with get_session().create_client("sqs", config=CONFIG) as sqs:
        queue = SQSQueue(sqs, (await sqs.get_queue_url(QueueName=task.QUEUE))["QueueUrl"])
        await queue.open()
        await Consumer(queue, handle, concurrency=task.CONCURRENCY).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
