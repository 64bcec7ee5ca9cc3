"""What notifications are about: the dispatches, and the complaints that a run's delivery counts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.errors import TransientError
from fondly.runtime.clients import DynamoDBClient, TransactWriteItemTypeDef
from fondly.runtime.gather import Gather
from fondly.runtime.ports import Items
from fondly.runtime.runs.delivery import DELIVERY
from fondly.runtime.runs.items import key, transacted
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.tally import by_feedback
from fondly.runtime.storage import MAX_BATCH_GET, get_items, to_item
from fondly.sender.domain.notifications import NotificationKind
from fondly.sender.ports import Key

MAX_CONFLICTS = 12
WORSE = {
    NotificationKind.SOFT: (),
    NotificationKind.HARD: (NotificationKind.SOFT,),
    NotificationKind.COMPLAINT: (NotificationKind.SOFT, NotificationKind.HARD),
}
"""By kind of notification, the earlier kinds than which it is worse."""
GUARDED = ("outcome", "reserved_by", "bounced", "clicked_at", "counted")
"""What tells that a dispatch is as it was found."""


class DynamoDBDelivered:
    """Dispatches, which are marked by what is reported of them."""

    def __init__(
        self, dynamodb: DynamoDBClient, *, dispatches: str, runs: str, keep_days: int | None = None
    ) -> None:
        self._dynamodb = dynamodb
        self._dispatches = dispatches
        self._runs = runs
        self._tallies = KeptTallies(dynamodb, runs, keep_days=keep_days)
        self._finds: Gather[Key, dict[Key, Dispatch]] = Gather(self._found, limit=MAX_BATCH_GET)

    async def find(self, run_id: str, customer_id: str) -> Dispatch | None:
        """Return what is known of a customer's email of a run."""
        return (await self._finds.add((run_id, customer_id))).get((run_id, customer_id))

    async def _found(self, keys: Sequence[Key]) -> dict[Key, Dispatch]:
        """Return dispatches that are looked for at the same time: SES reports every email."""
        wanted = [
            {"run_id": run_id, "customer_id": customer_id} for run_id, customer_id in dict.fromkeys(keys)
        ]
        items = (await get_items(self._dynamodb, {self._dispatches: wanted}))[self._dispatches]
        found = map(Dispatch.model_validate, items)
        return {(each.run_id, each.customer_id): each for each in found}

    async def prove_sent(self, run_id: str, customer_id: str, provider_id: str) -> None:
        """Record that an email was sent that was in doubt, unless somebody has done so meanwhile."""

        def proved(found: Dispatch) -> Dispatch:
            if found.outcome not in {Outcome.SENDING, Outcome.IN_DOUBT}:
                return found
            sent = {"outcome": Outcome.SENT, "provider_id": provider_id, "reason": ""}
            return found.model_copy(update={**sent, "proved_from": found.outcome})

        await self._change(run_id, customer_id, proved)

    async def mark(self, run_id: str, customer_id: str, kind: NotificationKind, at: datetime) -> None:
        """Note what was reported of an email, unless something worse was, or the email is gone."""
        await self._change(run_id, customer_id, partial(_marked, kind=kind, at=at))

    async def mark_clicked(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Note when an email was first clicked in; nothing if it is gone, or was never sent."""

        def clicked(found: Dispatch) -> Dispatch:
            if found.clicked_at or found.outcome not in {Outcome.SENT, Outcome.IN_DOUBT}:
                return found
            return found.model_copy(update={"clicked_at": at.astimezone(UTC)})

        await self._change(run_id, customer_id, clicked)

    async def count(self, run_id: str, customer_id: str) -> None:
        """Count what an earlier release has noted of an email without counting it."""
        await self._change(run_id, customer_id, lambda found: found)

    async def complain(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Mark an email and count it with its run's delivery, both or nothing, and only once."""
        count: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._runs,
                "Key": key(run_id, DELIVERY),
                "UpdateExpression": "ADD complaints :one, version :one",
                "ConditionExpression": "attribute_exists(run_id)",
                "ExpressionAttributeValues": to_item({":one": 1}),
            }
        }
        marked = partial(_marked, kind=NotificationKind.COMPLAINT, at=at)
        if not await self._change(run_id, customer_id, marked, count):  # its delivery is gone
            await self._change(run_id, customer_id, marked)

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

    async def _change(
        self,
        run_id: str,
        customer_id: str,
        changed: Callable[[Dispatch], Dispatch],
        *also: TransactWriteItemTypeDef,
    ) -> bool:
        """Change a dispatch and what is counted of it, all or nothing; False if what is `also` written fails.

        Nothing is written if there is no dispatch, or nothing to change.
        """
        for _ in range(MAX_CONFLICTS):
            found = await self.find(run_id, customer_id)
            if found is None:
                return True
            wanted = changed(found)
            counted = by_feedback(wanted)
            after = wanted.model_copy(update={"counted": dict(counted) or None})
            if after == found:
                return True
            counted.subtract(found.counted or {})
            news = also if wanted != found else ()  # an earlier release has noted it, and counted nothing
            counting = self._tallies.adding(run_id, customer_id, counted)
            writes = [_update(self._dispatches, found, after), *news, counting]
            failed = await transacted(self._dynamodb.transact_write_items(TransactItems=writes))
            if failed is None:
                return True
            if any(failed[1:]) and not failed[0]:
                return False
        raise TransientError("the dispatch is being changed all the time")


def _marked(found: Dispatch, *, kind: NotificationKind, at: datetime) -> Dispatch:
    if found.bounced and found.bounced not in WORSE[kind]:
        return found
    return found.model_copy(update={"bounced": kind.value, "bounced_at": at.astimezone(UTC)})


def _update(table: str, found: Dispatch, after: Dispatch) -> TransactWriteItemTypeDef:
    """Write what has changed of a dispatch, if it is still as it was found."""
    before, wanted = (each.model_dump(mode="json", exclude_none=True) for each in (found, after))
    new = {name: value for name, value in wanted.items() if before.get(name) != value}
    same = [
        f"{name} = :was_{name}" if name in before else f"attribute_not_exists({name})" for name in GUARDED
    ]
    values = {f":was_{name}": before[name] for name in GUARDED if name in before}
    values |= {f":{name}": new[name] for name in new}
    return {
        "Update": {
            "TableName": table,
            "Key": to_item({"run_id": found.run_id, "customer_id": found.customer_id}),
            "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in new),
            "ConditionExpression": " AND ".join(same),
            "ExpressionAttributeValues": to_item(values),
        }
    }


class DynamoDBAddresses:
    """The table of customers, of which only the address is read."""

    def __init__(self, customers: Items) -> None:
        self._customers = customers

    async def of(self, customer_id: str) -> str | None:
        """Return a customer's address; None if they have none, or are not known any more."""
        found = await self._customers.get_all([{"customer_id": customer_id}])
        address = found[0].get("email") if found else None
        return str(address) if address else None
