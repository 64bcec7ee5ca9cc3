"""Answers that were paid for, kept in DynamoDB by a digest of the question: nothing is paid for twice.

Neither the question nor its words are stored. Before a call its keys are locked, so that of two workers with
the same question one asks and the other finds the answer. A lock lapses: a worker that has died in between
must not hold up others for ever.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fondly.runtime.clients import DynamoDBClient, TransactWriteItemTypeDef
from fondly.runtime.ports import Items
from fondly.runtime.runs.items import transacted
from fondly.runtime.storage import expires_at, to_item

LOCK_S = 60.0
MAX_CONFLICTS = 8
UNLOCKED = (
    "attribute_not_exists(text_key)"
    " OR (attribute_not_exists(answer) AND (payer = :payer OR locked_until < :now))"
)


@dataclass(frozen=True)
class Answer:
    """A kept answer, as JSON, and which piece of work paid for it."""

    result: str
    payer: str


class KeptAnswers(Protocol):
    """What has been paid for; see `DynamoDBKeptAnswers`."""

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]: ...  # noqa: D102 - documented there
    async def lock(self, keys: Sequence[str], *, payer: str) -> set[str]: ...  # noqa: D102 - documented there
    async def keep(self, results: Mapping[str, str], *, payer: str) -> None: ...  # noqa: D102 - documented there


@dataclass(frozen=True)
class DynamoDBKeptAnswers:
    """A table with an item per question; locks lapse after `lock_s`, which must exceed a call's time."""

    dynamodb: DynamoDBClient
    table: str
    items: Items
    keep_days: int | None = None
    lock_s: float = LOCK_S
    clock: Callable[[], float] = time.time

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return the answers that are kept, by key; a key may be asked for more than once."""
        found = await self.items.get_all([{"text_key": key} for key in dict.fromkeys(keys)])
        return {
            str(item["text_key"]): Answer(str(item["answer"]), str(item["payer"]))
            for item in found
            if "answer" in item
        }

    async def lock(self, keys: Sequence[str], *, payer: str) -> set[str]:
        """Lock at most 100 keys; return those that have neither an answer nor another's valid lock."""
        wanted = list(keys)
        for _ in range(MAX_CONFLICTS):
            if not wanted:
                break
            locks = [self._lock_of(key, payer) for key in wanted]
            failed = await transacted(self.dynamodb.transact_write_items(TransactItems=locks))
            if failed is None:
                return set(wanted)
            refused = {key for key, is_refused in zip(wanted, failed, strict=False) if is_refused}
            wanted = [key for key in wanted if key not in refused]
        return set()

    async def keep(self, results: Mapping[str, str], *, payer: str) -> None:
        """Store answers by key, as JSON."""
        await self.items.put_all(
            [{"text_key": key, "answer": result, "payer": payer} for key, result in results.items()]
        )

    def _lock_of(self, key: str, payer: str) -> TransactWriteItemTypeDef:
        now = self.clock()
        lock = {"text_key": key, "payer": payer, "locked_until": int(now + self.lock_s)}
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item(lock | expires_at(self.keep_days)),
                "ConditionExpression": UNLOCKED,
                "ExpressionAttributeValues": to_item({":payer": payer, ":now": int(now)}),
            }
        }
