"""A shop in this process: for a command that asks once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from encore.recommender.domain.real_time import Edition, Wanted, order_of, picks_of
from encore.recommender.domain.shop import Shop

Read = Callable[[Edition], Awaitable[Shop]]


@dataclass(frozen=True)
class ShopHere:
    """A shop that is asked in a thread."""

    edition: Edition
    shop: Shop

    async def picks(self, wanted: Wanted) -> bytes:
        """Return a customer's picks as JSON."""
        return await asyncio.to_thread(picks_of, self.shop, wanted)

    async def ordered(self, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
        """Return given products in the order for a customer."""
        return await asyncio.to_thread(order_of, self.shop, wanted, product_ids)

    async def close(self) -> None:
        """Do nothing: there is nothing to end."""


@dataclass(frozen=True)
class ShopsHere:
    """Opens shops in this process; `read` reads one."""

    read: Read

    async def open(self, edition: Edition) -> ShopHere:
        """Read and keep the shop of an edition."""
        return ShopHere(edition, await self.read(edition))
