"""What is recorded of a dataset group's campaign, in the ledger's table."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from encore.recommender.domain.campaigns import WatchedCampaign
from encore.runtime.runs.items import conditionally
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "campaign"
NAMES = {"#watch": "watch", "#poll": "poll", "#beat": "beat", "#resting": "resting"}
AWAKE = "attribute_exists(#watch) AND attribute_not_exists(#resting)"


class DynamoDBWatchedCampaign:
    """One item that never expires; conditional writes decide between a use and the end of the campaign."""

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = to_item({"run_id": f"known#{name}", "item": ITEM})

    async def get(self) -> WatchedCampaign | None:
        """Return what is recorded; None if there is no campaign."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
        if not found:
            return None
        return WatchedCampaign(
            watch=found["watch"],
            poll=int(found["poll"]),
            beat=found["beat"],
            run_id=found["kept_for"],
            since=datetime.fromisoformat(found["since"]),
            is_resting="resting" in found,
        )

    async def begin(self, campaign: WatchedCampaign) -> bool:
        """Record a campaign that is about to be used, or a new watch of it; False if it is being deleted."""
        facts = {
            "watch": campaign.watch,
            "poll": campaign.poll,
            "beat": campaign.beat,
            "kept_for": campaign.run_id,
            "since": campaign.since.isoformat(timespec="seconds"),
        }
        item = self._key | to_item(facts)
        return await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(#resting)",
                ExpressionAttributeNames={"#resting": "resting"},
            )
        )

    async def use(self) -> bool:
        """Leave a sign of use; False if there is no campaign, or it is being deleted."""
        return await self._update("SET #beat = :beat", AWAKE, {":beat": uuid4().hex})

    async def polled(self, watch: str, poll: int) -> bool:
        """Record the number of the next poll; False if another watch has begun."""
        values = {":watch": watch, ":poll": poll}
        return await self._update("SET #poll = :poll", "#watch = :watch", values)

    async def rest(self, watch: str, beat: str) -> bool:
        """Record that the campaign is being deleted, unless it has been used since `beat`."""
        condition = f"#watch = :watch AND #beat = :beat AND {AWAKE}"
        values = {":watch": watch, ":beat": beat, ":yes": True}
        return await self._update("SET #resting = :yes", condition, values)

    async def forget(self, watch: str) -> None:
        """Remove the record of a campaign that has been deleted."""
        await conditionally(
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=self._key,
                ConditionExpression="#watch = :watch AND attribute_exists(#resting)",
                ExpressionAttributeNames={"#watch": "watch", "#resting": "resting"},
                ExpressionAttributeValues=to_item({":watch": watch}),
            )
        )

    async def _update(self, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        text = f"{change} {condition}"
        return await conditionally(
            self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames={name: each for name, each in NAMES.items() if name in text},
                ExpressionAttributeValues=to_item(dict(values)),
            )
        )
