"""Tallies that are kept up to date, so that nobody reads every dispatch: an item per part, some per run.

Why they are exact. A part's item holds what the sender says of its emails. A pass over the part opens it
before it changes a dispatch, and closes it by a count of all. If it dies in between, its message comes back:
the next pass counts, or whoever finds that the run goes out no more. Only who holds the part's lock replaces
the item, on condition that nobody has since: a worker that has lost the lock comes too late. An email that
was taken for lost and is recorded late is looked at again later, and its part is counted then.

What the feedback process says is added to items of the run in the transaction that changes the dispatch, on
condition that it is as it was read: once, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from fondly.contracts.errors import TransientError
from fondly.runtime.runs.items import get_item, items_with, key, put_if
from fondly.runtime.runs.run import part_name
from fondly.runtime.runs.tally import Counts, Tally
from fondly.runtime.storage import expires_at, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

PREFIX = "tally#"
PART = f"{PREFIX}part-"


class PartTally(BaseModel):
    """What the sender counts of a part; `is_open` while a pass changes dispatches, or if it died then."""

    model_config = ConfigDict(frozen=True)
    counts: dict[str, int] = {}
    is_open: bool = False
    version: int = 0


class KeptTally(NamedTuple):
    """The tally of a run, and the parts of which the sender has counted something."""

    tally: Tally
    parts: frozenset[int]


@dataclass(frozen=True)
class KeptTallies:
    """The tallies in the runs table; a sample's copies for seeds have a run id of their own."""

    dynamodb: "DynamoDBClient"
    table: str
    keep_days: int | None = None

    async def of_run(self, run_id: str) -> KeptTally:
        """Add up what is kept of a run."""
        counts, parts = Counts(), set[int]()
        async for item in items_with(self.dynamodb, self.table, run_id, PREFIX):
            if item["item"].startswith(PART):
                parts.add(int(item["item"].removeprefix(PART)))
                counts.update(PartTally.model_validate(item).counts)
            else:
                counts.update({name: int(number) for name, number in item.items() if "." in name})
        return KeptTally(Tally.of_counts(counts), frozenset(parts))

    async def of_part(self, run_id: str, part: int) -> PartTally:
        """Return what the sender keeps of a part, empty if that is nothing."""
        found = await get_item(self.dynamodb, self.table, key(run_id, f"{PREFIX}{part_name(part)}"))
        return PartTally.model_validate(found)

    async def replace(self, run_id: str, part: int, tally: PartTally) -> PartTally:
        """Replace a part's tally, given with the version that it had; return it as it is now.

        Raises `TransientError` if somebody else has replaced it: the lock on the part is lost.
        """
        wanted = tally.model_copy(update={"version": tally.version + 1})
        values = wanted.model_dump() | expires_at(self.keep_days)
        item = key(run_id, f"{PREFIX}{part_name(part)}") | to_item(values)
        unchanged = "version = :before" if tally.version else "attribute_not_exists(run_id)"
        before = {":before": tally.version} if tally.version else None
        if not await put_if(self.dynamodb, self.table, item, unchanged, before):
            raise TransientError("another worker counts this part: the lock on it is lost")
        return wanted

    def adding(self, run_id: str, customer_id: str, counts: Mapping[str, int]) -> "TransactWriteItemTypeDef":
        """Return the write that adds what the feedback process counts, for a transaction.

        A customer's are in one of sixteen items, so that few transactions meet.
        """
        shard = sha256(customer_id.encode("utf-8", "replace")).hexdigest()[0]
        expiry = {f":{name}": value for name, value in expires_at(self.keep_days).items()}
        added = ", ".join(f"#{number} :{number}" for number in range(len(counts)))
        values = {f":{number}": each for number, each in enumerate(counts.values())}
        return {
            "Update": {
                "TableName": self.table,
                "Key": key(run_id, f"{PREFIX}feedback-{shard}"),
                "UpdateExpression": f"ADD {added}" + (" SET expires_at = :expires_at" if expiry else ""),
                "ExpressionAttributeNames": {f"#{number}": name for number, name in enumerate(counts)},
                "ExpressionAttributeValues": to_item({**values, **expiry}),
            }
        }
