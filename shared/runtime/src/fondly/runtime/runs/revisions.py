"""The revisions of runs' emails: one item each in the runs table, changed by conditional writes alone."""

from collections.abc import Collection, Sequence
from typing import Any

from fondly.contracts.clock import utc_now
from fondly.contracts.revisions import MOST_STRIKES, Revision, RunRevisions, Strike
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import DELIVERY, DeliveryStatus
from fondly.runtime.runs.items import get_item, key, transacted, update_if
from fondly.runtime.storage import expires_at, expression

REVISIONS = "revisions"
LATEST = "#number = :number"


class Revisions:
    """The items of the runs' revisions. Every method may be repeated."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_days = keep_days

    async def find(self, run_id: str) -> RunRevisions:
        """Return a run's revisions; there need not be any."""
        found = await get_item(self._dynamodb, self._table, key(run_id, REVISIONS))
        return RunRevisions.model_validate({**found, "run_id": run_id})

    async def add(
        self, run_id: str, strikes: Sequence[Strike], *, parts: Collection[int], by: str, why: str = ""
    ) -> RunRevisions:
        """Add the strikes that are new as one revision, of which some `parts` are to be rendered anew.

        It is written together with the delivery: an approval of what was shown before is void. Raises
        `DecisionError` if the delivery is not held, or if there are too many.
        """
        while new := [each for each in strikes if each not in (found := await self.find(run_id)).strikes]:
            if len(found.strikes) + len(new) > MOST_STRIKES:
                raise DecisionError(f"run {run_id} has {len(found.strikes)} strikes, {MOST_STRIKES} at most")
            added = Revision(number=found.number + 1, strikes=tuple(new), by=by, at=utc_now(), why=why)
            writes = [self._revised(found, added, parts), self._judged_anew(run_id, added.number)]
            failed = await transacted(self._dynamodb.transact_write_items(TransactItems=writes))
            if failed and failed[1:] == [True]:
                raise DecisionError(f"run {run_id} is not held, expected that before anything is struck")
        return found

    async def pass_part(self, run_id: str, part: int, number: int) -> bool:
        """Record that a part's emails are as a revision wants them; False if there is a later one."""
        return await self._update(run_id, "DELETE pending :parts", {":number": number, ":parts": {part}})

    async def merged(self, run_id: str, number: int) -> bool:
        """Record that the run's index takes a revision in; False if there is a later one."""
        return await self._update(run_id, "SET merged = :number", {":number": number})

    async def _update(self, run_id: str, change: str, values: dict[str, Any]) -> bool:
        named = {"condition": LATEST, "number": "number"}
        return await update_if(
            self._dynamodb, self._table, key(run_id, REVISIONS), change, values=values, **named
        )

    def _revised(self, found: RunRevisions, added: Revision, parts: Collection[int]) -> Any:  # noqa: ANN401 - a write
        listed = [each.model_dump(mode="json", exclude_defaults=True) for each in (*found.revisions, added)]
        change = "SET revisions = :revisions, #number = :number ADD pending :parts"
        values = {":revisions": listed, ":number": added.number, ":parts": set(parts)}
        if expires := expires_at(self._keep_days):
            change = change.replace(" ADD", ", expires_at = :expires ADD")
            values[":expires"] = expires["expires_at"]
        if found.number:
            values[":before"] = found.number
        condition = "#number = :before" if found.number else "attribute_not_exists(#number)"
        return self._write(key(found.run_id, REVISIONS), change, condition, values, number="number")

    def _judged_anew(self, run_id: str, number: int) -> Any:  # noqa: ANN401 - a write
        change = "SET version = version + :one, revision = :number REMOVE #first"
        values = {":one": 1, ":number": number, ":held": DeliveryStatus.HELD}
        names = {"status": "status", "first": "first"}
        return self._write(key(run_id, DELIVERY), change, "#status = :held", values, **names)

    def _write(self, item: Any, change: str, condition: str, values: Any, **names: str) -> Any:  # noqa: ANN401 - a write
        written = {"Key": item, "UpdateExpression": change, "ConditionExpression": condition}
        return {"Update": {"TableName": self._table, **written, **expression(values, names)}}
