"""Keeps the shop that picks are made from open, and opens a newer one while the old one goes on answering."""

import asyncio
from dataclasses import dataclass, field

from encore.recommender.domain.real_time import Edition
from encore.recommender.ports import NoShopError, OpenedShop, ShopOpener
from encore.recommender.use_cases.find_edition import FindEdition
from encore.runtime.logs import get_logger

LINGER_S = 10.0
"""How long a replaced shop stays open: whoever has begun to ask it is answered by then."""
log = get_logger()


@dataclass(kw_only=True)
class KeepShop:
    """Looks every `renew_s` seconds whether there is a newer shop, and opens it beside the old one."""

    find_edition: FindEdition
    opener: ShopOpener
    renew_s: float
    linger_s: float = LINGER_S
    _opened: OpenedShop | None = None
    _broken: OpenedShop | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def current(self) -> OpenedShop:
        """The open shop; raises `NoShopError` if there is none yet."""
        if self._opened is None:
            raise NoShopError("no shop is open: no run has been studied yet, or it is being loaded")
        return self._opened

    def report_broken(self, shop: OpenedShop) -> None:
        """Have a shop that closed by itself opened again at once."""
        if shop is self._opened and shop is not self._broken:
            log.warning("shop_process_ended", run_id=shop.edition.run_id)
            self._broken = shop
            self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the latest shop open until `stop` is set; then close it."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                renewing = asyncio.create_task(self.renew())
                await asyncio.wait({stopping, renewing}, return_when=asyncio.FIRST_COMPLETED)
                if not renewing.done():  # loading may take longer than stopping may
                    renewing.cancel()
                    await asyncio.wait({renewing})
                    return
                woken = asyncio.create_task(self._wake.wait())
                await asyncio.wait(
                    {stopping, woken}, timeout=self.renew_s, return_when=asyncio.FIRST_COMPLETED
                )
                woken.cancel()
        finally:
            stopping.cancel()
            await self.close()

    async def renew(self) -> None:
        """Open the latest shop unless it is open; a failure is logged, and the old one stays open."""
        before = self._opened
        try:
            await self.open()
        except Exception:
            log.exception("shop_not_renewed")
        if self._opened is not None and self._opened is not before:
            edition = self._opened.edition
            log.info("shop_opened", run_id=edition.run_id, digest=edition.digest)
            if edition.file_problem:
                log.warning("shop_file_not_used", problem=edition.file_problem)

    async def open(self) -> bool:
        """Open the latest shop unless it is open; return whether there is one, or raise what went wrong."""
        edition = await self.find_edition.find()
        if edition and self._is_needed(edition):
            await self._replace(edition)
        return edition is not None

    async def close(self) -> None:
        """Close the open shop, and those that were replaced, without lingering."""
        for closing in self._closing:
            closing.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        if self._opened:
            await self._opened.close()
            self._opened = None

    def _is_needed(self, edition: Edition) -> bool:
        opened = self._opened
        return opened is None or opened is self._broken or opened.edition.digest != edition.digest

    async def _replace(self, edition: Edition) -> None:
        is_answering = self._opened is not None and self._opened is not self._broken
        opened = await self.opener.open(edition, at_leisure=is_answering)
        before, self._opened = self._opened, opened
        self._broken = None
        if before:
            task = asyncio.create_task(self._close_later(before))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close_later(self, shop: OpenedShop) -> None:
        try:
            await asyncio.sleep(self.linger_s)
        finally:
            await shop.close()
