"""Keeps the shop that picks are made from open, and opens a newer one while the old one goes on answering."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.ports import NoShopError, OpenedShop
from fondly.recommender.use_cases.find_edition import FindEdition
from fondly.runtime.logs import get_logger

LINGER_S = 10.0
"""How long a replaced shop stays open: whoever has begun to ask it is answered by then."""
log = get_logger()


@dataclass(kw_only=True)
class KeepShop:
    """Looks every `renew_s` seconds whether there is a newer shop, and opens it beside the old one."""

    find_edition: FindEdition
    open_shop: Callable[[Edition], Awaitable[OpenedShop]]
    renew_s: float
    linger_s: float = LINGER_S
    _opened: OpenedShop | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def current(self) -> OpenedShop:
        """The open shop; raises `NoShopError` if there is none."""
        if self._opened is None:
            raise NoShopError
        return self._opened

    def report_broken(self, shop: OpenedShop) -> None:
        """Have a shop that closed by itself opened again at once."""
        if shop is self._opened:
            log.warning("shop_process_ended", run_id=shop.edition.run_id)
            self.close()
            self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the latest shop open until `stop` is set; then close it."""
        keeping = asyncio.create_task(self._keep())
        try:
            await stop.wait()
        finally:
            keeping.cancel()  # loading may take longer than stopping may
            await asyncio.wait({keeping})
            self.close()

    async def _keep(self) -> None:
        while True:
            await self.renew()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.renew_s)
            self._wake.clear()

    async def renew(self) -> None:
        """Open the latest shop unless it is open; a failure is logged, and the old one stays open."""
        try:
            edition = await self.open()
        except Exception:
            log.exception("shop_not_renewed")
            return
        if edition:
            log.info("shop_opened", run_id=edition.run_id, digest=edition.digest)
            if edition.file_problem:
                log.warning("shop_file_not_used", problem=edition.file_problem)

    async def open(self) -> Edition | None:
        """Open the latest shop and return its edition, unless it is open or there is none yet; may raise."""
        edition = await self.find_edition.find()
        if edition is None or (self._opened and self._opened.edition.digest == edition.digest):
            return None
        opened = await self.open_shop(edition)
        if self._opened:
            asyncio.get_running_loop().call_later(self.linger_s, self._opened.close)
        self._opened = opened
        return edition

    def close(self) -> None:
        """Close the open shop without lingering."""
        if self._opened:
            self._opened.close()
            self._opened = None
