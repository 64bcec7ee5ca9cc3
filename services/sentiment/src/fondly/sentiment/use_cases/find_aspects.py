"""Finds aspects by our own code, which knows the shop's catalogue and costs nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from fondly.aspects import AspectReader
from fondly.contracts import object_keys
from fondly.contracts.records import AspectMention, Product
from fondly.runtime.ports import Objects
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from fondly.sentiment.domain.own_aspects import ShopReader

RUNS_AT_HAND = 2


@dataclass(frozen=True, kw_only=True)
class FindAspects:
    """Reads English documents; the catalogues of the last runs stay at hand."""

    objects: Objects
    reader: AspectReader
    _shops: dict[str, ShopReader] = field(default_factory=dict, init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def run(
        self, run_id: str, documents: Sequence[Document], _bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """Return what documents say about aspects, by their words."""
        async with self._lock:  # the parts of a run wait for its catalogue together
            shop = self._shops.get(run_id) or await self._open(run_id)
        return await asyncio.to_thread(shop.read, documents)

    async def known(
        self, run_id: str, documents: Sequence[Document], bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """Return the same: it costs nothing."""
        return await self.run(run_id, documents, bill)

    async def _open(self, run_id: str) -> ShopReader:
        products = await self.objects.get_lines(object_keys.products(run_id), Product)
        shop = await asyncio.to_thread(ShopReader, self.reader, products)
        self._shops[run_id] = shop
        if len(self._shops) > RUNS_AT_HAND:
            del self._shops[next(iter(self._shops))]
        return shop
