"""Finds customers for whom a run has settled an email made of just what the file tells: no other so soon.

They are in no part of the run, which so costs as much as has changed. The recommender knows them from earlier
files, and sentiment what they think of products.
"""

from collections.abc import Mapping
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
MARKS = b".="
"""Of a customer who is in the run's parts, and of one who is not; no word of a text, as ids may be."""
Told = Mapping[str, Any]
"""A customer's item: which run was told of them, what (`facts`), and its time in Unix seconds (`told_at`)."""


@dataclass(frozen=True, kw_only=True)
class FindUnchanged:
    """Compares a run's customers with what earlier runs were told, and what became of those runs' emails."""

    objects: Objects
    customers: Items
    dispatches: Items
    days: int
    """After so many days by the calendar (UTC) everybody gets another email; 0 makes every run's for all."""

    async def run(self, run: Run, merged: Merged) -> bytes:
        """Return a byte for each customer, in order: 1 for who is unchanged; none at all if nobody can be.

        It is decided once for a run, whatever is delivered meanwhile: a part always has the same customers.
        """
        if not self.days:
            return b""
        key = object_keys.unchanged(run.run_id)
        marks = await self.objects.find(key)
        if marks is None:
            marks = b""
            for first in range(1, merged.number + 1, CUSTOMERS_AT_ONCE):
                marks += await self._marks(run, merged, first, first + CUSTOMERS_AT_ONCE - 1)
            await self.objects.put(key, marks, content_type="text/plain")
        return marks.translate(bytes.maketrans(MARKS, b"\0\1"))

    async def _marks(self, run: Run, merged: Merged, first: int, last: int) -> bytes:
        ids = await in_thread(partial(merged.customer_ids, first, last))
        found = await self.customers.get_all([{"customer_id": one} for one in ids])
        told = {one["customer_id"]: one for one in found if self._is_recent(one, run)}
        if not told:  # nor is there anything to compare, as in a shop's first run
            return MARKS[:1] * len(ids)
        facts = await in_thread(partial(merged.facts, first, last))
        same = [one for one, digest in facts.items() if one in told and told[one].get("facts") == digest]
        keys = [{"run_id": told[one]["run_id"], "customer_id": one} for one in same]
        settled = {one["customer_id"] for one in await self.dispatches.get_all(keys) if _is_settled(one)}
        return bytes(MARKS[one in settled] for one in ids)

    def _is_recent(self, told: Told, run: Run) -> bool:
        """Whether another run was told of the customer, few days before this one began."""
        days = int(run.created_at.timestamp()) // SECONDS_PER_DAY - told.get("told_at", 0) // SECONDS_PER_DAY
        return bool(told["run_id"] != run.run_id and days < self.days)


def _is_settled(dispatch: Mapping[str, Any]) -> bool:
    """Whether an email has gone out, is about to, or must not; one that came too soon may be due now."""
    return dispatch.get("reason") not in {NotSent.FREQUENCY, NotSent.GONE}
