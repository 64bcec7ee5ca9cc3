"""The revisions of runs' emails: one item each in the runs table, changed by conditional writes alone."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from fondly.contracts.clock import utc_now
from fondly.contracts.revisions import MOST_STRIKES, Revision, RunRevisions, Strike
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import DELIVERY, DeliveryStatus
from fondly.runtime.runs.items import get_item, key, transacted, update_if
from fondly.runtime.storage import expires_at, expression

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

REVISIONS = "revisions"


class Revisions:
    """The items of the runs' revisions. Every method may be repeated."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_days = keep_days

    async def find(self, run_id: str) -> RunRevisions:
        """Return a run's revisions; there need not be any."""
        found = await get_item(self._dynamodb, self._table, key(run_id, REVISIONS))
        return RunRevisions.model_validate({"run_id": run_id, **found})

    async def add(
        self, run_id: str, strikes: Sequence[Strike], *, parts: Collection[int], by: str, why: str = ""
    ) -> RunRevisions:
        """Add those strikes that are new, as one revision, of which emails in these parts are to be rendered.

        It is written together with the delivery, which it takes to another version: an approval of what was
        shown before is void. Raises `DecisionError` if the delivery is not held, if a text in the place of
        another has been struck, or if there are too many.
        """
        while True:
            found = await self.find(run_id)
            new = [each for each in strikes if each not in found.strikes]
            if not new:
                return found
            if each := found.returning(new):
                raise DecisionError(f"run {run_id}: {each.instead!r} has been struck, expected another text")
            if len(found.strikes) + len(new) > MOST_STRIKES:
                raise DecisionError(f"run {run_id} has {len(found.strikes)} strikes, {MOST_STRIKES} at most")
            revision = Revision(number=found.number + 1, strikes=tuple(new), by=by, at=utc_now(), why=why)
            failed = await transacted(
                self._dynamodb.transact_write_items(TransactItems=self._writes(found, revision, parts))
            )
            if failed is None:
                return await self.find(run_id)
            if failed[1:] == [True]:
                raise DecisionError(f"run {run_id} is not held, expected that before anything is struck")

    async def pass_part(self, run_id: str, part: int, number: int) -> bool:
        """Record that a part's emails are as a revision wants them; False if there is a later one."""
        return await self._update(run_id, "DELETE pending :parts", number, {":parts": {part}})

    async def merged(self, run_id: str, number: int) -> bool:
        """Record that the run's index takes a revision in; False if there is a later one."""
        return await self._update(run_id, "SET merged = :number", number, {})

    async def _update(self, run_id: str, change: str, number: int, values: dict[str, Any]) -> bool:
        item, known = key(run_id, REVISIONS), {":number": number, **values}
        latest = "#number = :number"
        return await update_if(
            self._dynamodb, self._table, item, change, condition=latest, values=known, number="number"
        )

    def _writes(self, found: RunRevisions, revision: Revision, parts: Collection[int]) -> list[Any]:
        run_id, number = found.run_id, {":number": revision.number}
        listed = [
            each.model_dump(mode="json", exclude_defaults=True) for each in (*found.revisions, revision)
        ]
        expires = expires_at(self._keep_days)
        set_expiry = "".join(f", {name} = :{name}" for name in expires)
        before = {":before": found.number} if found.number else {}
        values = {**number, **before, ":revisions": listed, ":parts": set(parts)}
        held = {**number, ":one": 1, ":held": DeliveryStatus.HELD}
        return [
            self._write(
                key(run_id, REVISIONS),
                f"SET revisions = :revisions, #number = :number{set_expiry} ADD pending :parts",
                "#number = :before" if before else "attribute_not_exists(#number)",
                values | {f":{name}": value for name, value in expires.items()},
                number="number",
            ),
            self._write(
                key(run_id, DELIVERY),
                "SET version = version + :one, revision = :number REMOVE #first",
                "#status = :held",
                held,
                status="status",
                first="first",
            ),
        ]

    def _write(
        self, item: dict[str, Any], change: str, condition: str, values: dict[str, Any], **names: str
    ) -> Any:  # noqa: ANN401 - a write of a transaction
        written = {"Key": item, "UpdateExpression": change, "ConditionExpression": condition}
        return {"Update": {"TableName": self._table, **written, **expression(values, names)}}
