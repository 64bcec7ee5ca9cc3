"""What has become of each email, in DynamoDB: an email is reserved before it is handed over."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.batches import batches
from fondly.runtime.clients import DynamoDBClient, PutTypeDef, TransactWriteItemTypeDef
from fondly.runtime.runs.items import put_if, transacted
from fondly.runtime.storage import DynamoDBItems, expires_at, to_item
from fondly.sender.ports import Key, Reservation, Reserved

MAX_RESERVATIONS = 50
"""DynamoDB takes 100 items in a transaction; a reservation has two."""
MAX_CONFLICTS = 12
FREE = "attribute_not_exists(run_id) OR outcome = :waiting OR (outcome = :sending AND reserved_by = :token)"


class DynamoDBDispatches:
    """The table of dispatches, and that of contacts as far as reservations write it."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, *, contacts: str, keep_days: int | None = None
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

    async def reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]:
        """Reserve the free emails together; of two of one customer the second is stale."""
        first = {reservation.dispatch.customer_id: reservation for reservation in reversed(reservations)}
        results = {
            reservation.key: Reserved.STALE
            for reservation in reservations
            if first[reservation.key[1]] is not reservation
        }
        for batch in batches(list(first.values()), MAX_RESERVATIONS):
            results |= await self._reserve(batch)
        return results

    async def record(self, dispatches: Sequence[Dispatch]) -> None:
        """Record what came of emails that the caller had reserved; the last word on one of them counts.

        That an email may be tried again counts only while the reservation holds: a request may arrive after
        its worker has died and somebody else has sent the email.
        """
        latest = {(each.run_id, each.customer_id): each for each in dispatches}
        final = [each for each in latest.values() if each.outcome.is_final]
        again = [each for each in latest.values() if not each.outcome.is_final]
        await asyncio.gather(
            self._items.put_all([_values(each) for each in final]),
            *(self._replace(each, token=each.reserved_by) for each in again),
        )

    async def doubt(self, found: Dispatch, doubted: Dispatch) -> bool:
        """Record that nobody knows what came of an email, unless its worker has said so meanwhile."""
        return await self._replace(doubted, token=found.reserved_by)

    async def _replace(self, dispatch: Dispatch, *, token: str) -> bool:
        """Record a dispatch while the reservation of its email holds; return whether it did."""
        holds, values = (
            "outcome = :sending AND reserved_by = :token",
            {":sending": Outcome.SENDING, ":token": token},
        )
        return await put_if(self._dynamodb, self._table, self._item(dispatch), holds, values)

    async def _reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]:
        results: dict[Key, Reserved] = {}
        waiting = list(reservations)
        for _ in range(MAX_CONFLICTS):
            if not waiting:
                return results
            parts = [self._writes(reservation) for reservation in waiting]
            writes = [write for part in parts for write in part]
            failed = await transacted(self._dynamodb.transact_write_items(TransactItems=writes))
            if failed is None:
                return results | {reservation.key: Reserved.MINE for reservation in waiting}
            refused = _refused(waiting, map(len, parts), failed)
            results |= refused
            waiting = [reservation for reservation in waiting if reservation.key not in refused]
        return results | {reservation.key: Reserved.STALE for reservation in waiting}

    def _writes(self, reservation: Reservation) -> list[TransactWriteItemTypeDef]:
        values = {
            ":waiting": Outcome.WAITING,
            ":sending": Outcome.SENDING,
            ":token": reservation.dispatch.reserved_by,
        }
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": self._item(reservation.dispatch),
                "ConditionExpression": FREE,
                "ExpressionAttributeValues": to_item(values),
            }
        }
        return [put, self._contact(reservation.contact)] if reservation.contact else [put]

    def _contact(self, contact: Contact) -> TransactWriteItemTypeDef:
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
    reservations: Sequence[Reservation], writes: Iterable[int], failed: Sequence[bool]
) -> dict[Key, Reserved]:
    """What came of reservations with so many writes of which one failed; `failed` is in the writes' order."""
    found = iter(failed)
    refused: dict[Key, Reserved] = {}
    for reservation, number in zip(reservations, writes, strict=True):
        own = list(islice(found, number))
        if any(own):
            refused[reservation.key] = Reserved.TAKEN if own[0] else Reserved.STALE
    return refused
