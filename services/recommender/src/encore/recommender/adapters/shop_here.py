"""A shop in this process: for a command that asks once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.real_time import Edition, Wanted, order_of, picks_of

Read = Callable[[Edition], Awaitable[CurrentShop]]


@dataclass(frozen=True)
class ShopHere:
    """A shop that is asked in a thread."""

    edition: Edition
    open: CurrentShop

    async def picks(self, wanted: Wanted) -> bytes:
        """Return a customer's picks as JSON."""
        return await asyncio.to_thread(picks_of, self.open.shop, wanted)

    async def woven(self, preferences: Sequence[Preference]) -> tuple[str, ...]:
        """Return a ranking of what goes with a customer's products; nothing if the run has none."""
        return await asyncio.to_thread(self.open.woven, preferences)

    async def ordered(self, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
        """Return given products in the order for a customer."""
        return await asyncio.to_thread(order_of, self.open.shop, wanted, product_ids)

    async def close(self) -> None:
        """Do nothing: there is nothing to end."""


@dataclass(frozen=True)
class ShopsHere:
    """Opens shops in this process; `read` reads one."""

    read: Read

    async def open(self, edition: Edition, *, at_leisure: bool = False) -> ShopHere:
        """Read and keep the shop of an edition; nothing is answered meanwhile that it could give way to."""
        del at_leisure
        return ShopHere(edition, await self.read(edition))
