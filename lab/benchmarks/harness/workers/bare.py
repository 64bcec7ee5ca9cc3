"""A minimal aiobotocore loop: receive ten messages, handle them, delete them.

More than ten messages at a time take several such loops.
"""

import asyncio
from typing import TYPE_CHECKING

from aiobotocore.session import get_session

from harness.workers import task

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

BATCH = 10
WAIT_S = 1


async def consume(sqs: "SQSClient", url: str) -> None:
    """Consume until the process is stopped."""
    while True:
        reply = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_S)
        messages = reply.get("Messages", [])
        if not messages:
            continue
        if task.HANDLER_S:
            await asyncio.gather(*(task.work_async(message["Body"]) for message in messages))
        else:
            for message in messages:
                await task.work_async(message["Body"])
        await sqs.delete_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ],
        )


async def main() -> None:
    """Run enough loops for the requested concurrency."""
    async with get_session().create_client("sqs") as sqs:
        url = (await sqs.get_queue_url(QueueName=task.QUEUE))["QueueUrl"]
        await asyncio.gather(*(consume(sqs, url) for _ in range(max(1, task.CONCURRENCY // BATCH))))


if __name__ == "__main__":
    asyncio.run(main())
