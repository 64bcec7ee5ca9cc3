"""Stores suppressions by the million, some at a time."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TextIO

from pydantic import BaseModel

from fondly.contracts.consent import Suppression
from fondly.operations.suppressions.reading import BadRow, Found
from fondly.runtime.consent import DynamoDBConsent

AT_A_TIME = 1_000
Watch = Callable[["Imported"], None]


class Imported(BaseModel):
    """What has become of a list."""

    entries: int = 0
    """Addresses and customers that it names."""
    new: int = 0
    """Those that were not suppressed before."""
    bad_rows: int = 0
    first_bad_rows: list[str] = []


class Import:
    """Takes a list in; what is suppressed already keeps its reason, so that a repetition changes nothing."""

    def __init__(
        self, consent: DynamoDBConsent, *, dry_run: bool, named: int, rejects: TextIO | None
    ) -> None:
        self._consent = consent
        self._dry_run = dry_run
        self._named = named
        self._rejects = rejects
        self.imported = Imported()

    async def run(self, found: AsyncIterator[Found], watch: Watch) -> Imported:
        """Store what is found; `watch` sees how far it has come. Memory holds `AT_A_TIME` of them."""
        waiting: list[Suppression] = []
        async for each in found:
            if isinstance(each, BadRow):
                self._reject(each)
                continue
            waiting.append(each)
            if len(waiting) == AT_A_TIME:
                await self._store(waiting)
                watch(self.imported)
                waiting = []
        await self._store(waiting)
        return self.imported

    async def _store(self, suppressions: list[Suppression]) -> None:
        self.imported.entries += len(suppressions)
        if not self._dry_run:
            self.imported.new += await self._consent.suppress(suppressions)
            return
        entries = {each.entry for each in suppressions}
        self.imported.new += len(entries - (await self._consent.find(entries)).keys())

    def _reject(self, row: BadRow) -> None:
        self.imported.bad_rows += 1
        if len(self.imported.first_bad_rows) < self._named:
            self.imported.first_bad_rows.append(str(row))
        if self._rejects:
            self._rejects.write(f"{row}\n")


async def streamed(found: Iterable[Found]) -> AsyncIterator[Found]:
    """Yield what a file has."""
    for each in found:
        yield each
