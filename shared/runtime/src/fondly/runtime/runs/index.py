"""The index of runs: a pointer each, by which they are listed without reading the whole ledger.

A pointer is written before its run, so that no run is missing; one without a run, left behind by a crash, is
skipped. It knows the run's status once the run has ended. Until then, and if a crash has kept it from being
told, the run itself says: whatever a list is filtered by, it is right.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.by_month import ByMonth
from fondly.runtime.runs.items import RUN, get_item, key, read_run
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.storage import EXPIRES_AT, get_items, items_of, to_item

KIND = "runs"
WHOLE = key(f"{KIND}#", "whole")
"""Marks that the runs of releases without pointers have theirs."""
MOST_AT_ONCE = 100


class RunPage(BaseModel):
    """Runs, the latest first; `next` is what to give as `before` for the page after, None at the end."""

    model_config = ConfigDict(frozen=True)
    runs: list[Run]
    next: str | None = None


@dataclass(frozen=True)
class RunIndex:
    """The pointers to runs in the runs table, in a partition for each month."""

    dynamodb: DynamoDBClient
    table: str

    async def put(self, item: Mapping[str, Any]) -> None:
        """Point to a run, given as its item in plain values; doing it again changes what has changed."""
        run = read_run(item)
        pointer = {"of_run": run.run_id, "source": run.source, EXPIRES_AT: item.get(EXPIRES_AT)}
        if run.has_ended:
            pointer["status"] = run.status
        await self._pointers.put(run.created_at.isoformat(), run.run_id, pointer)

    async def runs(
        self,
        *,
        status: RunStatus | None = None,
        source: str | None = None,
        before: str | None = None,
        at_once: int = MOST_AT_ONCE,
    ) -> AsyncIterator[Run]:
        """Yield runs with a status, and of a source that contains a text, `at_once` of them in a read."""
        waiting: list[Mapping[str, Any]] = []
        async for pointer in self.pointers(before):
            if pointer.get("status") in {None, status or pointer.get("status")}:
                waiting += [pointer] if (source or "") in pointer["source"] else []
            if len(waiting) == at_once:
                for run in await self._read(waiting, status):
                    yield run
                waiting = []
        for run in await self._read(waiting, status):
            yield run

    async def pointers(self, before: str | None = None) -> AsyncIterator[Mapping[str, Any]]:
        """Yield pointers, the latest first: `of_run`, `source`, and the `status` of those that have ended."""
        if not await get_item(self.dynamodb, self.table, WHOLE):
            await self.complete()
        async for pointer in self._pointers.latest_first(before):
            yield pointer

    async def complete(self, *, change: bool = True) -> int:
        """Point to the runs that an earlier release has opened or ended; return how many there are.

        While its tasks still work there may be more later: `fondly upgrade` does this once they are gone.
        """
        known = {each["of_run"]: each.get("status") async for each in self._pointers.latest_first()}
        missing = [each async for each in self.scanned() if not _is_told(read_run(each), known)]
        for item in missing if change else ():
            await self.put(item)
        if change:
            await self.dynamodb.put_item(TableName=self.table, Item=WHOLE | to_item({"is_whole": True}))
        return len(missing)

    def scanned(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the item of every run, by reading the whole ledger."""
        wanted = {"FilterExpression": "#item = :run", "ExpressionAttributeNames": {"#item": "item"}}
        return items_of(self.dynamodb, "scan", self.table, {":run": RUN}, **wanted)

    async def _read(self, pointers: Sequence[Mapping[str, Any]], status: RunStatus | None) -> list[Run]:
        """Return the runs that these pointers were written for, in their order."""
        keys = [{"run_id": each, "item": RUN} for each in {pointer["of_run"] for pointer in pointers}]
        items = (await get_items(self.dynamodb, {self.table: keys}))[self.table] if keys else []
        by_name = {name_of(run): run for run in map(read_run, items) if status in {None, run.status}}
        return [by_name[each["item"]] for each in pointers if each["item"] in by_name]

    @property
    def _pointers(self) -> ByMonth:
        return ByMonth(self.dynamodb, self.table, KIND)


def _is_told(run: Run, known: Mapping[str, str | None]) -> bool:
    return run.run_id in known and (known[run.run_id] is not None or not run.has_ended)


def name_of(run: Run) -> str:
    """A pointer's name: one of an attempt to open the run that another has overtaken names no run."""
    return f"{run.created_at.isoformat()}#{run.run_id}"
