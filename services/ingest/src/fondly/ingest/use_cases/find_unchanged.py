"""Finds customers whose email of just what the file tells an earlier run has dealt with.

They are in no part of the run, which so costs as much as has changed: sentiment and recommender know of them.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.delivery import NotSent
from fondly.ingest.adapters.merged import Merged
from fondly.ingest.use_cases.in_thread import in_thread
from fondly.runtime.ports import Items, Objects
from fondly.runtime.runs.run import Run

CUSTOMERS_AT_ONCE = 1_000
CHANGED, UNCHANGED = ".", "="
"""A mark for each customer; neither is a word, as ids may be."""
DUE = frozenset({NotSent.FREQUENCY, NotSent.GONE})
"""Why an email was not sent that may be due now. Any other has gone out, is about to, or must not."""


@dataclass(frozen=True)
class FindUnchanged:
    """Compares a run's customers with what earlier runs were told, and what became of those runs' emails."""

    objects: Objects
    customers: Items
    dispatches: Items
    days: int
    """After so many days by the calendar (UTC) everybody gets another email; with 0 in every run."""

    async def run(self, run: Run, merged: Merged) -> Sequence[int]:
        """Return the positions of those who are unchanged.

        It is decided once for a run, whatever is delivered meanwhile: a part always has the same customers.
        """
        key, marks = object_keys.unchanged(run.run_id), ""
        if (decided := await self.objects.find(key)) is not None:
            marks = decided.decode()
        elif self.days:
            while some := await self._marks(run, merged, len(marks)):
                marks += some
            await self.objects.put(key, marks.encode(), content_type="text/plain")
        return array("I", (position for position, mark in enumerate(marks, start=1) if mark == UNCHANGED))

    async def _marks(self, run: Run, merged: Merged, after: int) -> str:
        span = after + 1, after + CUSTOMERS_AT_ONCE
        ids = await in_thread(partial(merged.customer_ids, *span))
        found = await self.customers.get_all([{"customer_id": one} for one in ids])
        told = {one["customer_id"]: one for one in found if self._is_recent(one, run)}
        facts = await in_thread(partial(merged.facts, *span)) if told else {}
        keys = [
            {"run_id": each["run_id"], "customer_id": one}
            for one, each in told.items()
            if each.get("facts", "") == facts.get(one)
        ]
        dispatches = await self.dispatches.get_all(keys)
        unchanged = {one["customer_id"] for one in dispatches if one.get("reason") not in DUE}
        return "".join(UNCHANGED if one in unchanged else CHANGED for one in ids)

    def _is_recent(self, told: Mapping[str, Any], run: Run) -> bool:
        """Whether another run was told of the customer, few days before this one began."""
        days = int(run.created_at.timestamp()) // SECONDS_PER_DAY - told.get("told_at", 0) // SECONDS_PER_DAY
        return bool(told["run_id"] != run.run_id and days < self.days)
