"""Tallies that are kept up to date, so that nobody reads every dispatch: an item per part, and their sums.

Why they are exact. A part's item holds what the sender says of its emails. A pass over the part opens it
before it changes a dispatch, and closes it by a count of all. If it dies in between, its message comes back:
the next pass counts, or whoever finds that the run goes out no more. Only who holds the part's lock replaces
the item, on condition that nobody has since: a worker that has lost the lock comes too late. An email that
was taken for lost and is recorded late is looked at again later, and its part is counted then.

What is new is added to the run's sums in the transaction that replaces a part's item or, of what the feedback
process says, changes the dispatch, on condition that it is as it was read: once, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict

from fondly.contracts.errors import TransientError
from fondly.runtime.clients import DynamoDBClient, TransactWriteItemTypeDef
from fondly.runtime.runs.items import adding, get_item, items_with, key, replace_and_add
from fondly.runtime.runs.run import part_name
from fondly.runtime.runs.tally import Counts, Tally
from fondly.runtime.storage import expires_at

PREFIX = "tally#"
SUMS, PASSES, SHARDS = f"{PREFIX}sum-", "passes", 16
"""The sums are in sixteen items, so that few transactions meet."""


class PartTally(BaseModel):
    """What the sender counts of a part; `is_open` while a pass changes dispatches, or if it died then."""

    model_config = ConfigDict(frozen=True)
    counts: dict[str, int] = {}
    is_open: bool = False
    version: int = 0


@dataclass(frozen=True)
class KeptTallies:
    """The tallies in the runs table; a sample's copies for seeds have a run id of their own."""

    dynamodb: DynamoDBClient
    table: str
    keep_days: int | None = None

    async def of_run(self, run_id: str) -> Tally:
        """Add up what is kept of a run."""
        counts = Counts()
        async for item in items_with(self.dynamodb, self.table, run_id, SUMS):
            counts.update({name: int(number) for name, number in item.items() if "." in name})
        return Tally.of_counts(counts)

    async def of_part(self, run_id: str, part: int) -> PartTally:
        """Return what the sender keeps of a part, empty if that is nothing."""
        found = await get_item(self.dynamodb, self.table, key(run_id, f"{PREFIX}{part_name(part)}"))
        return PartTally.model_validate(found)

    async def replace(
        self, run_id: str, part: int, kept: PartTally, *, counts: Mapping[str, int], is_open: bool
    ) -> PartTally:
        """Replace what is kept of a part, as it was read; return it as it is now.

        Raises `TransientError` if somebody else has replaced it: the lock on the part is lost.
        """
        new = Counts(counts)
        new.subtract(kept.counts)
        wanted = {"counts": dict(counts), "is_open": is_open, **expires_at(self.keep_days)}
        item = {"run_id": run_id, "item": f"{PREFIX}{part_name(part)}", **wanted}
        added = self._added(run_id, part % SHARDS, {**new, PASSES: 1})
        if not await replace_and_add(self.dynamodb, self.table, item, kept.version, added):
            raise TransientError("another worker counts this part: the lock on it is lost")
        return PartTally(**wanted, version=kept.version + 1)

    def adding(self, run_id: str, customer_id: str, counts: Mapping[str, int]) -> TransactWriteItemTypeDef:
        """Return the write that adds what the feedback process counts of a customer, for a transaction."""
        shard = sha256(customer_id.encode("utf-8", "replace")).digest()[0] % SHARDS
        return self._added(run_id, shard, counts)

    def _added(self, run_id: str, shard: int, new: Mapping[str, Any]) -> TransactWriteItemTypeDef:
        return adding(self.table, key(run_id, f"{SUMS}{shard:x}"), new, expires_at(self.keep_days))
