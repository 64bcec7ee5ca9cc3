"""What notifications are about: the dispatches, and the complaints that a run's delivery counts."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.errors import TransientError
from fondly.runtime.ports import Items
from fondly.runtime.runs.delivery import DELIVERY
from fondly.runtime.runs.items import conditionally, get_item, key, transacted, update_if
from fondly.runtime.storage import to_item
from fondly.sender.domain.notifications import NotificationKind

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_CONFLICTS = 12
WORSE = {
    NotificationKind.SOFT: (),
    NotificationKind.HARD: (NotificationKind.SOFT,),
    NotificationKind.COMPLAINT: (NotificationKind.SOFT, NotificationKind.HARD),
}
"""By kind of notification, the earlier kinds than which it is worse."""
SET = "SET bounced = :kind, bounced_at = :at"


class DynamoDBDelivered:
    """Dispatches, which are marked by what is reported of them."""

    def __init__(self, dynamodb: "DynamoDBClient", *, dispatches: str, runs: str) -> None:
        self._dynamodb = dynamodb
        self._dispatches = dispatches
        self._update = partial(update_if, dynamodb, dispatches)
        self._runs = runs

    async def find(self, run_id: str, customer_id: str) -> Dispatch | None:
        """Return what is known of a customer's email of a run."""
        found = await get_item(self._dynamodb, self._dispatches, _key(run_id, customer_id))
        return Dispatch.model_validate(found) if found else None

    async def prove_sent(self, run_id: str, customer_id: str, provider_id: str) -> None:
        """Record that an email was sent that was in doubt, unless somebody has done so meanwhile."""
        values = {
            ":sent": Outcome.SENT.value,
            ":sending": Outcome.SENDING.value,
            ":doubt": Outcome.IN_DOUBT.value,
            ":id": provider_id,
            ":none": "",
        }
        change = "SET outcome = :sent, provider_id = :id, reason = :none"
        condition = "outcome IN (:sending, :doubt)"
        await self._update(_key(run_id, customer_id), change, condition=condition, values=values)

    async def mark(self, run_id: str, customer_id: str, kind: NotificationKind, at: datetime) -> None:
        """Note what was reported of an email, unless something worse was, or the email is gone."""
        await conditionally(self._dynamodb.update_item(**self._marked(run_id, customer_id, kind, at)))

    async def mark_clicked(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Note when an email was first clicked in; nothing if it is gone, or was never sent."""
        is_first = "attribute_exists(run_id) AND attribute_not_exists(clicked_at)"
        values = {":at": at.astimezone(UTC).isoformat()}
        where = _key(run_id, customer_id)
        await self._update(where, "SET clicked_at = :at", condition=is_first, values=values)

    async def complain(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Mark an email and count it with its run's delivery, both or nothing, and only once."""
        mark: TransactWriteItemTypeDef = {
            "Update": self._marked(run_id, customer_id, NotificationKind.COMPLAINT, at)
        }
        count: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._runs,
                "Key": key(run_id, DELIVERY),
                "UpdateExpression": "ADD complaints :one, version :one",
                "ConditionExpression": "attribute_exists(run_id)",
                "ExpressionAttributeValues": to_item({":one": 1}),
            }
        }
        for _ in range(MAX_CONFLICTS):
            failed = await transacted(self._dynamodb.transact_write_items(TransactItems=[mark, count]))
            if failed == [False, True]:  # its delivery is gone
                await self.mark(run_id, customer_id, NotificationKind.COMPLAINT, at)
                return
            if failed is None or any(failed):
                return
        raise TransientError("the delivery of the run is being changed all the time")

    async def sent(self, run_id: str, *, most: int) -> int:
        """Return how many emails of a run were accepted; once there are `most`, those found so far."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._dispatches,
            Select="COUNT",
            KeyConditionExpression="run_id = :run",
            FilterExpression="outcome = :sent",
            ExpressionAttributeValues=to_item({":run": run_id, ":sent": Outcome.SENT.value}),
        )
        sent = 0
        async for page in pages:
            sent += page.get("Count", 0)
            if sent >= most:
                break
        return sent

    def _marked(self, run_id: str, customer_id: str, kind: NotificationKind, at: datetime) -> Any:  # noqa: ANN401 - of two calls
        known = {":none": "", **{f":{each}": each.value for each in WORSE[kind]}}
        values = {":kind": kind.value, ":at": at.astimezone(UTC).isoformat(), **known}
        return {
            "TableName": self._dispatches,
            "Key": _key(run_id, customer_id),
            "UpdateExpression": SET,
            "ConditionExpression": f"attribute_exists(run_id) AND bounced IN ({', '.join(known)})",
            "ExpressionAttributeValues": to_item(values),
        }


def _key(run_id: str, customer_id: str) -> dict[str, Any]:
    return to_item({"run_id": run_id, "customer_id": customer_id})


class DynamoDBAddresses:
    """The table of customers, of which only the address is read."""

    def __init__(self, customers: Items) -> None:
        self._customers = customers

    async def of(self, customer_id: str) -> str | None:
        """Return a customer's address; None if they have none, or are not known any more."""
        found = await self._customers.get_all([{"customer_id": customer_id}])
        address = found[0].get("email") if found else None
        return str(address) if address else None
