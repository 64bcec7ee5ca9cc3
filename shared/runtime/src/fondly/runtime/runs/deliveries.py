"""The deliveries of runs: one item each in the runs table, changed by conditional writes alone."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from fondly.contracts.clock import utc_now
from fondly.contracts.errors import PermanentError
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.delivery import (
    DELIVERY,
    FROM,
    RELEASING,
    TO,
    Act,
    Decision,
    Delivery,
    DeliveryStatus,
)
from fondly.runtime.runs.items import get_item, key, put_if
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.tally import Tally
from fondly.runtime.storage import expires_at, get_items, items_of, to_item

NO_CHANGES: Mapping[str, Any] = MappingProxyType({})
MOST_DECISIONS = 200
"""Of the older ones the first is kept, which opened the delivery."""
SHOWN = {"status", "reason", "starts_at", "per_hour", "sample", "seeds", "complaints", "decisions"} | {
    "approvers",
    "first",
    "revision",
}
"""What people decide on; the rest is how the sender goes about it."""
Changed = Callable[[Delivery], Delivery]


class DecisionError(Exception):
    """A decision cannot be taken as things stand; the message says why, in one line."""


class StaleDecisionError(DecisionError):
    """The delivery is not what was shown any more: somebody else has decided, or struck something."""


class Deliveries:
    """The items of the runs' deliveries. Every method may be repeated."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, *, keep_days: int | None = None) -> None:
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
        approvers: int = 1,
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
            approvers=approvers,
        )
        await put_if(self._dynamodb, self._table, self._item(opened), "attribute_not_exists(run_id)")
        return await self.get(run_id)

    async def get(self, run_id: str) -> Delivery:
        """Return a run's delivery; raise `PermanentError` if there is none."""
        found = await self.find(run_id)
        if found is None:
            raise PermanentError(f"run {run_id} has no delivery")
        return found

    async def find(self, run_id: str) -> Delivery | None:
        """Return a run's delivery, or None if the run is not one to be delivered, or has not finished."""
        found = await get_item(self._dynamodb, self._table, key(run_id, DELIVERY))
        return Delivery.model_validate(found) if found else None

    async def listed(self, run_ids: Sequence[str]) -> list[Delivery]:
        """Return those of at most 100 runs' deliveries that exist, as they were a moment ago."""
        keys = {self._table: [{"run_id": each, "item": DELIVERY} for each in run_ids]}
        found = (await get_items(self._dynamodb, keys, consistent=False))[self._table] if run_ids else []
        return [Delivery.model_validate(each) for each in found]

    async def decide(
        self,
        run_id: str,
        act: Act,
        *,
        by: str,
        note: str = "",
        changes: Mapping[str, Any] = NO_CHANGES,
        judged: Delivery | None = None,
        facts: str = "",
    ) -> Delivery:
        """Record a decision, with further `changes` of the delivery; raise `DecisionError` if it cannot be.

        The caller then sends a poll with the delivery's `attempt`, which lets the sender act on it.
        It cannot be taken in a status that is not among those of `FROM`, nor if the delivery is not as it was
        `judged`. Where two people have to approve, the first approval leaves it as it is; `facts` is a digest
        of what else it rests on.
        """

        def decided(found: Delivery) -> Delivery:
            if judged and judged.model_dump(include=SHOWN) != found.model_dump(include=SHOWN):
                raise StaleDecisionError(f"run {run_id} has changed since it was shown")
            if found.status not in FROM[act]:
                expected = f"expected {' or '.join(sorted(FROM[act]))} for `{act}`"
                raise DecisionError(f"run {run_id} is {found.status}: {expected}")
            decision = Decision(act=act, by=by, at=utc_now(), note=note)
            if first := _first_approval(found, decision, changes, facts):
                alone = decision.model_copy(update={"note": f"first of two: {note}"})
                return found.model_copy(update={"first": first, "decisions": _decisions(found, alone)})
            status = TO.get(act) or found.paused_from or DeliveryStatus.APPROVED
            return found.model_copy(
                update={
                    "status": status,
                    "first": None,
                    "paused_from": found.status if act is Act.PAUSE else None,
                    "reason": note if act in {Act.PAUSE, Act.REJECT} else "",
                    "decisions": _decisions(found, decision),
                    "attempt": found.attempt + 1,
                    "release": found.release + (act in RELEASING),
                    "samples": found.samples + (act is Act.SAMPLE),
                    **({"due": {}, "sample_parts": {}} if act in RELEASING else {}),
                    **changes,
                }
            )

        return await self.change(run_id, decided)

    async def change(self, run_id: str, changed: Changed) -> Delivery:
        """Replace the delivery by what `changed` makes of it, anew if it was changed meanwhile."""
        while True:
            found = await self.get(run_id)
            wanted = changed(found)
            if wanted == found:
                return found
            wanted = wanted.model_copy(update={"version": found.version + 1})
            same, item = {":version": found.version}, self._item(wanted)
            if await put_if(self._dynamodb, self._table, item, "version = :version", same):
                return wanted

    async def tally(self, run_id: str) -> Tally:
        """Return what is kept of a run's emails, or of a sample's copies, without reading each."""
        return await KeptTallies(self._dynamodb, self._table).of_run(run_id)

    async def all(self) -> list[Delivery]:
        """Return the delivery of every run, oldest first."""
        items = items_of(
            self._dynamodb,
            "scan",
            self._table,
            {":delivery": DELIVERY},
            FilterExpression="#item = :delivery",
            ExpressionAttributeNames={"#item": "item"},
        )
        return sorted(
            [Delivery.model_validate(item) async for item in items], key=lambda each: each.opened_at
        )

    def _item(self, delivery: Delivery) -> dict[str, Any]:
        values = delivery.model_dump(mode="json", exclude_none=True)
        return key(delivery.run_id, DELIVERY) | to_item({**values, **expires_at(self._keep_days)})


def _decisions(found: Delivery, decision: Decision) -> tuple[Decision, ...]:
    return (*found.decisions[:1], *(*found.decisions[1:], decision)[-MOST_DECISIONS:])


def _first_approval(
    found: Delivery, decision: Decision, changes: Mapping[str, Any], facts: str
) -> tuple[str, str] | None:
    """Return an approval that is the first of two; None for one that lets emails go out, as to seeds.

    Raises `DecisionError` if the same person approves the same twice.
    """
    if found.approvers == 1 or decision.act not in {Act.APPROVE, Act.SAMPLE} or changes.get("seeds"):
        return None
    terms = json.dumps([decision.act, changes, facts], default=str, sort_keys=True)
    by, what = decision.by, sha256(terms.encode()).hexdigest()
    if found.first and found.first[1] == what:
        if person(found.first[0]) == person(by):
            raise DecisionError(
                f"run {found.run_id}: {by} has approved this already, expected another person"
            )
        return None
    return by, what


def person(by: str) -> str:
    """Return who somebody is, in whatever role: of an ARN, the user or the session, in small letters."""
    return (re.split("[:/]", by)[-1] if by.startswith("arn:") else by).casefold()
