"""Sends the emails of a run with the bare libraries: `python -m harness.bare_sending smtp BUCKET RUN PARTS`.

It reads each message from S3 and hands it over, some at a time, and keeps no account of anything. At the end
it prints the CPU seconds that this took, without imports and connecting.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from aiosmtplib import SMTP

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail
from fondly.runtime.aws import CONFIG
from fondly.runtime.retry import NO_SDK_RETRIES

CONNECTIONS = 4
AT_A_TIME = 32
BOUNCES = "hello@shop.example.com"
Send = Callable[[str, bytes], Awaitable[object]]


@asynccontextmanager
async def by_smtp() -> AsyncIterator[Send]:
    """Connections that are kept, as the sender has them."""
    port = int(os.environ["FONDLY_SENDER_SMTP_PORT"])
    free: asyncio.Queue[SMTP] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        client = SMTP(
            hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost.localdomain"
        )
        await client.connect()
        free.put_nowait(client)

    async def send(address: str, content: bytes) -> object:
        client = await free.get()
        try:
            return await client.sendmail(BOUNCES, [address], content)
        finally:
            free.put_nowait(client)

    yield send
    while not free.empty():
        await free.get_nowait().quit()


@asynccontextmanager
async def by_ses() -> AsyncIterator[Send]:
    """A client of SES, whose calls are the sender's."""
    config = CONFIG.merge(AioConfig(retries=NO_SDK_RETRIES, parameter_validation=False))
    async with get_session().create_client("sesv2", config=config) as ses:

        async def send(address: str, content: bytes) -> object:
            return await ses.send_email(
                Destination={"ToAddresses": [address]}, Content={"Raw": {"Data": content}}
            )

        yield send


async def main(kind: str, bucket: str, run_id: str, parts: int) -> float:
    """Send all emails of a run; return the CPU seconds."""
    session: Any = get_session()
    async with AsyncExitStack() as stack:
        config = CONFIG.merge(AioConfig(parameter_validation=False))
        s3 = await stack.enter_async_context(session.create_client("s3", config=config))
        send = await stack.enter_async_context({"smtp": by_smtp, "ses": by_ses}[kind]())
        started = time.process_time()
        for part in range(1, parts + 1):
            await _part(s3, bucket, object_keys.mailed(run_id, part), send)
        return time.process_time() - started


async def _part(s3: Any, bucket: str, key: str, send: Send) -> None:  # noqa: ANN401 - clients have no common type
    async def read(name: str) -> bytes:
        reply = await s3.get_object(Bucket=bucket, Key=name)
        async with reply["Body"] as body:
            return bytes(await body.read())

    turns = asyncio.Semaphore(AT_A_TIME)

    async def forward(email: FinishedEmail) -> None:
        async with turns:
            await send(email.address or "", await read(email.key))

    lines = (await read(key)).splitlines()
    await asyncio.gather(*(forward(FinishedEmail.model_validate_json(line)) for line in lines))


if __name__ == "__main__":
    kind, bucket, run_id, parts = sys.argv[1:]
    sys.stdout.write(str(asyncio.run(main(kind, bucket, run_id, int(parts)))))
