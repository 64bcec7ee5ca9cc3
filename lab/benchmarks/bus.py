"""Our consumer and a bare loop of aiobotocore, with a handler that does nothing, on the emulator's SQS.

The consumer keeps messages hidden while they are handled, retries, meters, and deletes in batches behind
them; the loop receives and deletes ten messages at a time. Sending is not measured.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from aiobotocore.session import get_session

from fondly.runtime.aws import CONFIG
from fondly.runtime.batches import batches
from fondly.runtime.logs import configure_logging
from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.sqs import SQSQueue
from harness.contender import Found, Work, forget, timed

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

CONCURRENCY = 10
Consume = Callable[["SQSClient", str, int], Awaitable[None]]


def prepare(kind: str, messages: str) -> Work:
    """Return a round of so many messages."""
    configure_logging(service="bench", level="ERROR")
    collect_garbage_seldom()  # as services do
    consume = {"ours": _ours, "bare": _bare}[kind]
    return lambda: asyncio.run(_round(consume, int(messages)))


async def _round(consume: Consume, messages: int) -> Found:
    found: Found = {"units": messages}
    async with get_session().create_client("sqs", config=CONFIG) as sqs:
        url = (await sqs.create_queue(QueueName=f"bench-{uuid4().hex[:12]}"))["QueueUrl"]
        for some in batches(range(messages), 10):
            entries = [{"Id": str(one), "MessageBody": f'{{"number": {one}}}'} for one in some]
            await sqs.send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type] # as its type says
        forget()
        with timed(found):
            await consume(sqs, url, messages)
        await sqs.delete_queue(QueueUrl=url)
    return found


async def _ours(sqs: "SQSClient", url: str, messages: int) -> None:
    queue, stop, left = SQSQueue(sqs, url), asyncio.Event(), iter(range(messages - 1))
    await queue.open()

    async def handle(_: Message) -> None:
        if next(left, None) is None:
            stop.set()

    await Consumer(queue, handle, concurrency=CONCURRENCY, wait_s=1).run(stop)


async def _bare(sqs: "SQSClient", url: str, messages: int) -> None:
    while messages:
        reply = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        received = reply.get("Messages", [])
        entries = [
            {"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(received)
        ]
        if entries:
            await sqs.delete_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type] # as its type says
        messages -= len(entries)
