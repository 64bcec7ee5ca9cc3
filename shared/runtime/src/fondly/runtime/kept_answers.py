"""Answers that were paid for, kept in DynamoDB by a digest of the question: nothing is paid for twice.

Neither the question nor its words are stored. Before a call its keys are claimed, so that of two workers with
the same question one asks and the other finds the answer. A claim lapses: a worker that has died in between
must not hold up others for ever.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fondly.runtime.ports import Items
from fondly.runtime.runs.items import transacted
from fondly.runtime.storage import expires_at, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

CLAIM_S = 60.0
MAX_CONFLICTS = 8
UNCLAIMED = (
    "attribute_not_exists(text_key)"
    " OR (attribute_not_exists(answer) AND (payer = :payer OR claimed_until < :now))"
)


@dataclass(frozen=True)
class Answer:
    """A kept answer, as JSON, and which piece of work paid for it."""

    result: str
    payer: str


class KeptAnswers(Protocol):
    """What has been paid for; see `DynamoDBKeptAnswers`."""

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]: ...  # noqa: D102 - documented there
    async def claim(self, keys: Sequence[str], *, payer: str) -> set[str]: ...  # noqa: D102 - documented there
    async def keep(self, results: Mapping[str, str], *, payer: str) -> None: ...  # noqa: D102 - documented there


@dataclass(frozen=True)
class DynamoDBKeptAnswers:
    """A table with an item per question; claims lapse after `claim_s`, which must exceed a call's time."""

    dynamodb: "DynamoDBClient"
    table: str
    items: Items
    keep_days: int | None = None
    claim_s: float = CLAIM_S
    clock: Callable[[], float] = time.time

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return the answers that are kept, by key; a key may be asked for more than once."""
        found = await self.items.get_all([{"text_key": key} for key in dict.fromkeys(keys)])
        return {
            str(item["text_key"]): Answer(str(item["answer"]), str(item["payer"]))
            for item in found
            if "answer" in item
        }

    async def claim(self, keys: Sequence[str], *, payer: str) -> set[str]:
        """Claim at most 100 keys; return those that have neither an answer nor another's valid claim."""
        wanted = list(keys)
        for _ in range(MAX_CONFLICTS):
            if not wanted:
                break
            claims = [self._claim_of(key, payer) for key in wanted]
            failed = await transacted(self.dynamodb.transact_write_items(TransactItems=claims))
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

    def _claim_of(self, key: str, payer: str) -> "TransactWriteItemTypeDef":
        now = self.clock()
        claim = {"text_key": key, "payer": payer, "claimed_until": int(now + self.claim_s)}
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item(claim | expires_at(self.keep_days)),
                "ConditionExpression": UNCLAIMED,
                "ExpressionAttributeValues": to_item({":payer": payer, ":now": int(now)}),
            }
        }
