"""The delivery of a finished run: whether it may begin, who said so, and how it goes on.

One item in the runs table, changed by conditional writes alone. The parts that are delivered are those that
the run's own item has for the stage `sender`; what became of each email is in the table of dispatches.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.clock import utc_now
from fondly.contracts.errors import PermanentError
from fondly.runtime.runs.items import conditionally, key
from fondly.runtime.storage import expires_at, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

DELIVERY = "delivery"
NO_CHANGES: Mapping[str, Any] = MappingProxyType({})
OF_SAMPLE = "#sample-"
"""Between a run's id and the number of a sample."""
MOST_DECISIONS = 200
"""Of the older ones the first is kept, which opened the delivery."""


class DeliveryStatus(StrEnum):
    """Whether a run's emails go out."""

    HELD = "held"
    """A person has to approve it."""
    SAMPLE = "sample"
    """Its sample goes out; the rest is held."""
    APPROVED = "approved"
    """It goes out, as its start, quiet hours and throttle allow."""
    PAUSED = "paused"
    """Nothing goes out until it is resumed: a person, or the share of complaints, has stopped it."""
    REJECTED = "rejected"
    """Nothing more goes out, ever."""
    DONE = "done"
    """Something final is known of every email."""

    @property
    def goes_out(self) -> bool:
        """Whether emails may be handed over."""
        return self in {DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}


class Act(StrEnum):
    """What somebody decided."""

    HOLD = "hold"
    APPROVE = "approve"
    SAMPLE = "sample"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"


FROM: Mapping[Act, frozenset[DeliveryStatus]] = {
    Act.HOLD: frozenset(set(DeliveryStatus) - {DeliveryStatus.REJECTED, DeliveryStatus.DONE}),
    Act.APPROVE: frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}),
    Act.SAMPLE: frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE}),
    Act.REJECT: frozenset(set(DeliveryStatus) - {DeliveryStatus.REJECTED, DeliveryStatus.DONE}),
    Act.PAUSE: frozenset({DeliveryStatus.SAMPLE, DeliveryStatus.APPROVED}),
    Act.RESUME: frozenset({DeliveryStatus.PAUSED}),
}
"""The statuses in which a decision can be taken."""
TO: Mapping[Act, DeliveryStatus] = {
    Act.HOLD: DeliveryStatus.HELD,
    Act.APPROVE: DeliveryStatus.APPROVED,
    Act.SAMPLE: DeliveryStatus.SAMPLE,
    Act.REJECT: DeliveryStatus.REJECTED,
    Act.PAUSE: DeliveryStatus.PAUSED,
}
"""The status that a decision leads to; `RESUME` leads back to the one before the pause."""

RELEASING = frozenset({Act.APPROVE, Act.SAMPLE, Act.RESUME})
"""After these, every part that is not delivered is sent to the sender's queue again."""


class Decision(BaseModel):
    """Who decided what, and when."""

    model_config = ConfigDict(frozen=True)
    act: Act
    by: str
    at: datetime
    note: str = ""
    """Why, or how many."""


class Delivery(BaseModel):
    """The delivery of one run."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    status: DeliveryStatus
    paused_from: DeliveryStatus | None = None
    """The status to go back to when a pause ends."""
    reason: str = ""
    """Why it is paused or rejected."""
    opened_at: datetime
    starts_at: datetime | None = None
    """Nothing goes out before."""
    per_hour: Annotated[int, Field(ge=1)] | None = None
    """At most so many emails an hour."""
    taken_until: float = 0.0
    """Until when the emails take that the throttle has granted, in Unix seconds."""
    sample: Annotated[int, Field(ge=0)] = 0
    """How many emails are in the sample: those of the first customers of its parts, in order."""
    seeds: tuple[str, ...] = ()
    """The addresses that get the sample's emails instead of the customers; none: the customers get them."""
    samples: Annotated[int, Field(ge=0)] = 0
    """How many samples somebody has asked for: seeds of another get copies of their own."""
    sample_parts: Mapping[int, int] = {}
    """How many of the first emails of each part the sample has; nothing unless the status is `sample`."""
    release: Annotated[int, Field(ge=0)] = 0
    """How often somebody has decided that parts go out."""
    released: Annotated[int, Field(ge=0)] = 0
    """The latest of these whose parts have been sent to the sender's queue."""
    attempt: Annotated[int, Field(ge=0)] = 0
    """The number of the poll that is under way: those with smaller ones are left over."""
    due: Mapping[int, int] = {}
    """The parts that wait for a time of day or for another try: until when, in Unix seconds."""
    complaints: Annotated[int, Field(ge=0)] = 0
    """How many readers have complained."""
    excused: Annotated[int, Field(ge=0)] = 0
    """How many had when their share last paused it: whoever resumes it knows of these."""
    decisions: tuple[Decision, ...] = ()
    version: Annotated[int, Field(ge=0)] = 0
    """Rises with every change."""

    @property
    def copies(self) -> str:
        """What the dispatches of the latest sample's copies for seeds have in place of the run's id."""
        return f"{self.run_id}{OF_SAMPLE}{self.samples}"


Changed = Callable[[Delivery], Delivery]


class DecisionError(Exception):
    """A decision cannot be taken as things stand; the message says why, in one line."""


class Deliveries:
    """The items of the runs' deliveries. Every method may be repeated."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_days = keep_days

    async def open(
        self,
        run_id: str,
        *,
        status: DeliveryStatus,
        by: str,
        note: str = "",
        per_hour: int | None = None,
    ) -> Delivery:
        """Create the delivery of a run, or return the existing one unchanged."""
        act = Act.HOLD if status is DeliveryStatus.HELD else Act.APPROVE
        first = Decision(act=act, by=by, at=utc_now(), note=note)
        opened = Delivery(
            run_id=run_id,
            status=status,
            opened_at=first.at,
            decisions=(first,),
            release=int(status.goes_out),
            per_hour=per_hour,
        )
        await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=self._item(opened),
                ConditionExpression="attribute_not_exists(run_id)",
            )
        )
        return await self.get(run_id)

    async def get(self, run_id: str) -> Delivery:
        """Return a run's delivery; raise `PermanentError` if there is none."""
        found = await self.find(run_id)
        if found is None:
            raise PermanentError(f"run {run_id} has no delivery")
        return found

    async def find(self, run_id: str) -> Delivery | None:
        """Return a run's delivery, or None if the run is not one to be delivered, or has not finished."""
        reply = await self._dynamodb.get_item(
            TableName=self._table, Key=key(run_id, DELIVERY), ConsistentRead=True
        )
        if "Item" not in reply:
            return None
        return Delivery.model_validate(from_item(reply["Item"]))

    async def decide(
        self,
        run_id: str,
        act: Act,
        *,
        by: str,
        note: str = "",
        changes: Mapping[str, Any] = NO_CHANGES,
    ) -> Delivery:
        """Record a decision, with further `changes` of the delivery; raise `DecisionError` if it cannot be.

        The caller then sends a poll with the delivery's `attempt`, which lets the sender act on it.
        It cannot be taken in a status that is not among those of `FROM`.
        """

        def decided(found: Delivery) -> Delivery:
            if found.status not in FROM[act]:
                raise DecisionError(f"run {run_id} is {found.status}: {_expected(act)}")
            decision = Decision(act=act, by=by, at=utc_now(), note=note)
            before, latest = found.decisions[:1], (*found.decisions[1:], decision)[-MOST_DECISIONS:]
            status = TO.get(act) or found.paused_from or DeliveryStatus.APPROVED
            return found.model_copy(
                update={
                    "status": status,
                    "paused_from": found.status if act is Act.PAUSE else None,
                    "reason": note if act in {Act.PAUSE, Act.REJECT} else "",
                    "decisions": (*before, *latest),
                    "attempt": found.attempt + 1,
                    "release": found.release + (act in RELEASING),
                    "samples": found.samples + (act is Act.SAMPLE),
                    **({"due": {}, "sample_parts": {}} if act in RELEASING else {}),
                    **changes,
                }
            )

        return await self.change(run_id, decided)

    async def change(self, run_id: str, changed: Changed) -> Delivery:
        """Replace the delivery by what `changed` makes of it, anew if somebody else has changed it meanwhile.

        Raises what `changed` raises; nothing is written if it returns what it was given.
        """
        while True:
            found = await self.get(run_id)
            wanted = changed(found)
            if wanted == found:
                return found
            wanted = wanted.model_copy(update={"version": found.version + 1})
            if await conditionally(
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=self._item(wanted),
                    ConditionExpression="version = :version",
                    ExpressionAttributeValues=to_item({":version": found.version}),
                )
            ):
                return wanted

    async def all(self) -> list[Delivery]:
        """Return the delivery of every run, oldest first."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="#item = :delivery",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=to_item({":delivery": DELIVERY}),
        )
        found = [from_item(item) async for page in pages for item in page.get("Items", [])]
        return sorted(map(Delivery.model_validate, found), key=lambda each: each.opened_at)

    def _item(self, delivery: Delivery) -> dict[str, Any]:
        values = delivery.model_dump(mode="json", exclude_none=True)
        return key(delivery.run_id, DELIVERY) | to_item({**values, **expires_at(self._keep_days)})


def _expected(act: Act) -> str:
    return f"expected {' or '.join(sorted(FROM[act]))} for `{act}`"
