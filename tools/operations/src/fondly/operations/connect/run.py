"""One pass of a connector: fetch what has changed, forget who is gone, upload a set of files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.connect import sets
from fondly.operations.connect.kept import Kept
from fondly.operations.connect.model import OVERLAP, Cursor, Found, Page, Platform
from fondly.operations.connect.requests import Request, Requests
from fondly.operations.customers.proof import Forgotten
from fondly.operations.errors import OperationError

CUSTOMERS = "customers"
MANY, MANY_SHARE = 10, 0.2
"""So many customers, and so large a share of all, are not taken to be gone without a person saying so."""
TOLD = 10_000
"""After how many objects a line says how far the pass is."""
Tell = Callable[[str], None]


class Connected(BaseModel):
    """What a pass has done."""

    objects: dict[str, int]
    """How many there are by kind."""
    changed: int = 0
    """How many objects are new or other than before, or gone."""
    uploaded: list[str] = []
    """The names of the files; none if nothing has changed."""
    left_out: dict[str, int] = {}
    """Rows of no use: products without a price, and what is about products that are gone."""
    forgotten: Forgotten | None = None
    """What became of those who are gone or asked to be forgotten; None if nobody was."""
    exports: list[str] = []
    """Customers who ask for what is known of them: `fondly customer export`."""
    leaving: bool = False
    """Whether the shop itself asks for everything to be deleted: `fondly cleanup --all`."""


@dataclass
class Pass:
    """A pass over a platform. `many_gone` lets any number of customers be forgotten."""

    platform: Platform
    kept: Kept
    requests: Requests
    tell: Tell = lambda _: None
    many_gone: bool = False
    changed: int = field(default=0, init=False)

    async def run(self, name: str, folder: Path) -> Connected:
        """Do all of it; `folder` holds files as long as that takes."""
        for kind in self.platform.changing:
            await self._follow(kind)
        for kind in self.platform.whole:
            await self._list(kind)
        await self.kept.save()
        asked = await self.requests.all()
        self.kept.forget(each for request in asked.forget for each in request.customer_ids)
        await self.kept.save()
        await self.kept.compact()
        forgotten = await self.requests.forget(asked.forget)
        written = sets.write_files(self.kept.mirror, folder, utc_now().date())
        is_new = written.digests != self.kept.state.uploaded or forgotten is not None  # which deletes files
        if is_new and not asked.leaving:
            await sets.upload(self.kept.objects, name, folder, written.digests)
            self.kept.state.uploaded = written.digests
            await self.kept.save()
        return Connected(
            objects={kind: self.kept.mirror.count(kind) for kind in sets.COLUMNS},
            changed=self.changed,
            uploaded=list(written.digests) if is_new and not asked.leaving else [],
            left_out=written.left_out,
            forgotten=forgotten,
            exports=sorted(asked.exports),
            leaving=asked.leaving,
        )

    async def _follow(self, kind: str) -> None:
        """Take what has changed of a kind; if some must be gone, find out which."""
        began = utc_now() - OVERLAP
        cursor = self.kept.state.cursors.get(kind, Cursor()).again()
        async for page in self.platform.changed(kind, cursor):
            cursor = page.cursor
            await self._keep(page, kind)
        self.kept.state.cursors[kind] = cursor.ended(began)
        there = await self.platform.count(kind)
        if there != self.kept.mirror.count(kind):
            known = self.kept.mirror.count(kind)
            self.tell(f"{kind}: {there:,} in the shop, {known:,} known: comparing their ids")
            await self._list(kind)

    async def _list(self, kind: str) -> None:
        """See everything of a kind; what is not there any more goes, once asked for by its id."""
        self.kept.mirror.begin_list(kind)
        async for page in self.platform.listed(kind):
            found = page.found
            if kind in self.platform.changing:  # ids alone: those of what came meanwhile, or was forgotten
                found = [
                    each for each in found if kind != CUSTOMERS and not self.kept.mirror.has(kind, each.id)
                ]
            await self._keep(Page(found))
            self.kept.mirror.see(page.found)
        gone = [each for each in self.kept.mirror.unseen(kind) if not await self._is_there(each)]
        if kind == CUSTOMERS:
            await self._ask_to_forget(gone)
        await self._keep(Page([each._replace(rows=None) for each in gone]))

    async def _is_there(self, found: Found) -> bool:
        asked = found.kind == CUSTOMERS or found.kind in self.platform.changing
        return asked and await self.platform.exists(found.kind, found.id)

    async def _ask_to_forget(self, gone: Sequence[Found]) -> None:
        known = self.kept.mirror.count(CUSTOMERS)
        if not self.many_gone and len(gone) > max(MANY, MANY_SHARE * known):
            raise OperationError(
                f"{len(gone):,} of {known:,} customers are gone from the shop at once: if that is right, "
                "give --many-gone, and they are forgotten"
            )
        for each in gone:
            email = next((cells.get("email", "") for cells in each.rows or ()), "")
            await self.requests.put(Request(customer_id=each.customer_id, email=email))

    async def _keep(self, page: Page, kind: str = "") -> None:
        before = self.changed
        self.changed += await self.kept.keep(page, kind)
        if self.changed // TOLD > before // TOLD:
            self.tell(f"{self.changed:,} objects are new or have changed")
