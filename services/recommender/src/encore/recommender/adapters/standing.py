"""The standing of a dataset group, in the ledger's table."""

from typing import TYPE_CHECKING, Any

from encore.contracts.errors import TransientError
from encore.recommender.domain.standing import Standing
from encore.runtime.runs.items import conditionally
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "personalize"


class StandingChangedError(TransientError):
    """Another run has changed the standing meanwhile: it has taken the turn."""


class DynamoDBStanding:
    """One item, which stays for as long as the table does.

    A change is made to what was read, or not at all: a run that lost its turn while it was busy cannot undo
    what the next one has noted.
    """

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = to_item({"run_id": f"known#{name}", "item": ITEM})

    async def get(self) -> Standing:
        """Return the standing; at first nothing is known."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
        return Standing.model_validate_json(found["standing"]) if found else Standing()

    async def change(self, standing: Standing, **values: Any) -> Standing:  # noqa: ANN401 - any member's
        """Set members of a standing that was read, and return it; nothing is written if nothing changes.

        Raises `StandingChangedError` if it is not as it was read any more.
        """
        changed = standing.model_copy(update=values)
        if changed == standing:
            return standing
        changed = changed.model_copy(update={"revision": standing.revision + 1})
        values = {"standing": changed.model_dump_json(), "revision": changed.revision}
        stored = await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=self._key | to_item(values),
                ConditionExpression="attribute_not_exists(run_id) OR revision = :revision",
                ExpressionAttributeValues=to_item({":revision": standing.revision}),
            )
        )
        if not stored:
            raise StandingChangedError("another run has changed what is known of the dataset group")
        return changed
