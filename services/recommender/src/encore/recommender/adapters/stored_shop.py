"""Reads a shop from the data bucket, in a process without an event loop."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.real_time import Edition
from encore.recommender.use_cases.open_shop import open_current_shop
from encore.runtime.aws import client_opener
from encore.runtime.storage import S3Objects


@dataclass(frozen=True)
class LoadStoredShop:
    """Loads the shop of an edition from a bucket; picklable, so that another process can."""

    bucket: str
    validate_requests: bool = False

    def __call__(self, edition: Edition) -> CurrentShop:
        """Return the shop; raise what S3 raises."""
        return asyncio.run(self._load(edition))

    async def _load(self, edition: Edition) -> CurrentShop:
        async with AsyncExitStack() as stack:
            s3 = await client_opener(stack, validate=self.validate_requests)("s3")
            return await open_current_shop(S3Objects(s3, self.bucket), edition)
