"""Calls BatchDetectSentiment as often as its limiter allows, until the process is stopped.

Run as `python quota_worker.py NAME URL QUOTA_PER_S LIMITER`, the limiter being `encore` or `botocore`.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from encore.runtime.aws import CONFIG
from encore.runtime.quota.limiter import Limiter
from encore.runtime.retry import NO_SDK_RETRIES, is_throttled

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

PARALLEL_CALLS = 8
Call = Callable[[], Awaitable[object]]
RETRIES: Mapping[str, object] = {
    "encore": NO_SDK_RETRIES,
    "botocore": {"mode": "adaptive", "max_attempts": 4},
}


async def work(name: str, url: str, quota_per_s: float, limiter: str) -> None:
    """Keep eight calls going, as the sentiment service does by default."""
    config = CONFIG.merge(AioConfig(retries=RETRIES[limiter]))
    async with get_session().create_client(
        "comprehend",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id=name,
        aws_secret_access_key="none",  # noqa: S106 - a dummy
        config=config,
    ) as client:
        run = Limiter(quota_per_s).run if limiter == "encore" else _at_once
        await asyncio.gather(*(_repeat(client, run) for _ in range(PARALLEL_CALLS)))


async def _repeat(client: "ComprehendClient", run: Callable[[Call], Awaitable[object]]) -> None:
    while True:
        try:
            await run(lambda: client.batch_detect_sentiment(TextList=["good"], LanguageCode="en"))
        except ClientError as error:
            if not is_throttled(error):
                raise


async def _at_once(call: Call) -> object:
    """Leave the rate to the SDK."""
    return await call()


def main(arguments: Sequence[str]) -> None:
    """Work until the process is stopped."""
    name, url, quota_per_s, limiter = arguments
    asyncio.run(work(name, url, float(quota_per_s), limiter))


if __name__ == "__main__":
    main(sys.argv[1:])
