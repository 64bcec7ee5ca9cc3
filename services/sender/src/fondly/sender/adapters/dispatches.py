"""What has become of each email, in DynamoDB: an email is claimed before it is handed over."""

import asyncio
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.batches import batches
from fondly.runtime.errors import error_code
from fondly.runtime.runs.items import conditionally
from fondly.runtime.storage import DynamoDBItems, expires_at, to_item
from fondly.sender.ports import Claim, Claimed, Key

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

MAX_CLAIMS = 50
"""DynamoDB takes 100 items in a transaction; a claim has two."""
MAX_CONFLICTS = 12
CONFLICT_WAIT_S = 0.05
AGAIN = frozenset({"TransactionCanceledException", "InternalServerError", "InternalError"})
"""The last two are those of an emulator where two transactions touch one table at once."""
FREE = "attribute_not_exists(run_id) OR outcome = :waiting OR (outcome = :sending AND claim = :claim)"


class DynamoDBDispatches:
    """The table of dispatches, and that of contacts as far as claims write it."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, contacts: str, keep_days: int | None = None
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._contacts = contacts
        self._keep_days = keep_days
        self._items = DynamoDBItems(dynamodb, table, keep_days=keep_days)

    async def of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]:
        """Return what is known of these customers' emails of a run, by customer id."""
        keys = [{"run_id": run_id, "customer_id": one} for one in dict.fromkeys(customer_ids)]
        found = map(Dispatch.model_validate, await self._items.get_all(keys))
        return {each.customer_id: each for each in found}

    async def claim(self, claims: Sequence[Claim]) -> dict[Key, Claimed]:
        """Claim emails, all at a time as far as they are free; return what came of each, by run and customer.

        Of two claims of one customer the second is stale: the first changes their contact.
        """
        first = {claim.dispatch.customer_id: claim for claim in reversed(claims)}
        results = {claim.key: Claimed.STALE for claim in claims if first[claim.key[1]] is not claim}
        for batch in batches(list(first.values()), MAX_CLAIMS):
            results |= await self._claim(batch)
        return results

    async def record(self, dispatches: Sequence[Dispatch]) -> None:
        """Record what came of emails that the caller had claimed; the last word on one of them counts.

        That an email may be tried again counts only while the claim holds: a request may arrive after its
        worker has died and somebody else has sent the email.
        """
        latest = {(each.run_id, each.customer_id): each for each in dispatches}
        final = [each for each in latest.values() if each.outcome.is_final]
        again = [each for each in latest.values() if not each.outcome.is_final]
        await asyncio.gather(
            self._items.put_all([_values(each) for each in final]), *map(self._release, again)
        )

    async def _release(self, waiting: Dispatch) -> bool:
        """Give up a claim, so that the email may be claimed again; return whether it held."""
        return await self._replace(waiting, claim=waiting.claim)

    async def doubt(self, found: Dispatch, doubted: Dispatch) -> bool:
        """Record that nobody knows what came of an email, unless its worker has said so meanwhile."""
        return await self._replace(doubted, claim=found.claim)

    async def _replace(self, dispatch: Dispatch, *, claim: str) -> bool:
        """Record a dispatch unless the claim of its email holds no more; return whether it did."""
        return await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=self._item(dispatch),
                ConditionExpression="outcome = :sending AND claim = :claim",
                ExpressionAttributeValues=to_item({":sending": Outcome.SENDING, ":claim": claim}),
            )
        )

    async def _claim(self, claims: Sequence[Claim]) -> dict[Key, Claimed]:
        results: dict[Key, Claimed] = {}
        waiting = list(claims)
        for _ in range(MAX_CONFLICTS):
            if not waiting:
                return results
            parts = [self._writes(claim) for claim in waiting]
            try:
                await self._dynamodb.transact_write_items(
                    TransactItems=[write for writes in parts for write in writes]
                )
            except ClientError as error:
                if error_code(error) not in AGAIN:
                    raise
                refused = _refused(waiting, parts, error)
                results |= refused
                waiting = [claim for claim in waiting if claim.key not in refused]
                if not refused:
                    await asyncio.sleep(CONFLICT_WAIT_S * random.uniform(0.5, 1.5))  # noqa: S311 - only spreads retries
            else:
                return results | {claim.key: Claimed.MINE for claim in waiting}
        return results | {claim.key: Claimed.STALE for claim in waiting}

    def _writes(self, claim: Claim) -> "list[TransactWriteItemTypeDef]":
        values = {":waiting": Outcome.WAITING, ":sending": Outcome.SENDING, ":claim": claim.dispatch.claim}
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": self._item(claim.dispatch),
                "ConditionExpression": FREE,
                "ExpressionAttributeValues": to_item(values),
            }
        }
        return [put, self._contact(claim.contact)] if claim.contact else [put]

    def _contact(self, contact: Contact) -> "TransactWriteItemTypeDef":
        """Write the next version of a contact, if the one before is still the latest; the first has none."""
        put: PutTypeDef = {
            "TableName": self._contacts,
            "Item": to_item(contact.model_dump(mode="json")),
            "ConditionExpression": "attribute_not_exists(version)",
        }
        if before := contact.version - 1:
            put["ConditionExpression"] = "version = :before"
            put["ExpressionAttributeValues"] = to_item({":before": before})
        return {"Put": put}

    def _item(self, dispatch: Dispatch) -> dict[str, Any]:
        return to_item({**_values(dispatch), **expires_at(self._keep_days)})


def _values(dispatch: Dispatch) -> dict[str, Any]:
    return dispatch.model_dump(mode="json", exclude_none=True)


def _refused(
    claims: Sequence[Claim], parts: "Sequence[Sequence[TransactWriteItemTypeDef]]", error: ClientError
) -> dict[Key, Claimed]:
    """What came of the claims whose conditions failed: the reasons stand in the order of the writes."""
    reasons = (each.get("Code", "") for each in error.response.get("CancellationReasons", []))
    refused: dict[Key, Claimed] = {}
    for claim, writes in zip(claims, parts, strict=True):
        codes = [next(reasons, "") for _ in writes]
        failed = [code == "ConditionalCheckFailed" for code in codes]
        if any(failed):
            refused[claim.key] = Claimed.TAKEN if failed[0] else Claimed.STALE
    return refused
