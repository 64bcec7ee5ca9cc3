"""What has become of each email, in DynamoDB: an email is reserved before it is handed over."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.errors import TransientError
from fondly.runtime.batches import batches
from fondly.runtime.clients import DynamoDBClient, PutTypeDef, TransactWriteItemTypeDef
from fondly.runtime.retry import BATCH_BASE_S, BATCH_CAP_S, BATCH_TRIES, backoff_s, is_transient
from fondly.runtime.runs.items import conditionally, transacted
from fondly.runtime.storage import DynamoDBItems, expires_at, expression, to_item
from fondly.sender.ports import Key, Reservation, Reserved

MAX_RESERVATIONS, MAX_RECORDS = 50, 100
"""DynamoDB takes 100 items in a transaction; a reservation has two."""
MAX_CONFLICTS = 12
RECORDED = ("outcome", "reason", "tries", "provider_id", "at", "refuted")
"""What a worker says of an email; what others have noted with it stays."""
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

    async def record(self, dispatches: Sequence[Dispatch]) -> Collection[Key]:
        """Record what came of emails that the caller had reserved; return those of which more is known.

        The last word on one of them counts. A request may arrive after its worker has died: what became of an
        email in doubt is still news, but only while the reservation holds may it be tried again, and what a
        report has proved stays, or it would count twice.
        """
        latest = {(each.run_id, each.customer_id): each for each in dispatches}
        lost: set[Key] = set()
        for batch in batches(list(latest.items()), MAX_RECORDS):
            lost |= await self._record(dict(batch))
        return lost

    async def _record(self, dispatches: Mapping[Key, Dispatch]) -> set[Key]:
        left = list(dispatches)
        for _ in range(MAX_CONFLICTS):
            writes = [self._said(dispatches[key], _open_to(dispatches[key])) for key in left]
            failed = await self._transact(writes)
            if failed is None:
                return dispatches.keys() - left
            lost = {key for key, has_failed in zip(left, failed, strict=False) if has_failed}
            left = [key for key in left if key not in lost]
            if not left:
                return set(dispatches)
        raise TransientError("the dispatches are being changed all the time")

    async def _transact(self, writes: Sequence[TransactWriteItemTypeDef]) -> list[bool] | None:
        """Return as `transacted`, after more tries than the SDK's: giving up leaves emails in doubt."""
        for tries in range(1, BATCH_TRIES):
            try:
                return await transacted(self._dynamodb.transact_write_items(TransactItems=writes))
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(backoff_s(tries, base_s=BATCH_BASE_S, cap_s=BATCH_CAP_S))
        return await transacted(self._dynamodb.transact_write_items(TransactItems=writes))

    async def doubt(self, doubted: Dispatch) -> bool:
        """Record that nobody knows what came of an email, unless its worker has said so meanwhile."""
        return await self._say(doubted, Outcome.SENDING)

    async def free(self, dispatch: Dispatch) -> bool:
        """Record that an email in doubt was not accepted, unless more is known meanwhile."""
        return await self._say(dispatch, Outcome.IN_DOUBT)

    async def _say(self, dispatch: Dispatch, before: Outcome) -> bool:
        write: Any = self._said(dispatch, [before])["Update"]
        return await conditionally(self._dynamodb.update_item(**write))

    def _said(self, dispatch: Dispatch, outcomes: Sequence[Outcome]) -> TransactWriteItemTypeDef:
        """Say what became of an email, if its reservation is this one and its outcome one of these."""
        among = {f":{number}": outcome for number, outcome in enumerate(outcomes)}
        said = dispatch.model_dump(mode="json", include=set(RECORDED))
        values = {**{f":{name}": value for name, value in said.items()}, **among}
        wanted: Any = {
            "TableName": self._table,
            "Key": to_item({"run_id": dispatch.run_id, "customer_id": dispatch.customer_id}),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in RECORDED),
            "ConditionExpression": f"reserved_by = :token AND #outcome IN ({', '.join(among)})",
            **expression({**values, ":token": dispatch.reserved_by}, {name: name for name in RECORDED}),
        }
        return {"Update": wanted}

    async def _reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]:
        results: dict[Key, Reserved] = {}
        waiting = list(reservations)
        for _ in range(MAX_CONFLICTS):
            if not waiting:
                return results
            parts = [self._writes(reservation) for reservation in waiting]
            writes = [write for part in parts for write in part]
            failed = await self._transact(writes)
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


def _open_to(dispatch: Dispatch) -> Sequence[Outcome]:
    """The outcomes in whose place this may be said."""
    return (Outcome.SENDING, Outcome.IN_DOUBT) if dispatch.outcome.is_final else (Outcome.SENDING,)


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
