"""The event tracker of the dataset group, and its metric attribution: a group has one of each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.domain.attribution import attribution_spec
from encore.recommender.domain.customer_events import Tracker
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.ports import NotReadyError
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

TRACKER = "tracker"
ACTIVE = "ACTIVE"
INTERACTIONS = "INTERACTIONS"


class DynamoDBKnownTracker:
    """What is known of the tracker: an item in the ledger's table, which never expires. Makes none."""

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = {"run_id": f"known#{name}", "item": TRACKER}

    async def make(self) -> Tracker | None:
        """Return none: another task makes it."""
        return None

    async def kept(self) -> Tracker | None:
        """Return the tracker that is known to exist."""
        reply = await self._dynamodb.get_item(
            TableName=self._table, Key=to_item(self._key), ConsistentRead=True
        )
        found = from_item(reply.get("Item", {}))
        return Tracker(found["arn"], found["tracking_id"]) if found else None

    async def keep(self, tracker: Tracker | None) -> None:
        """Keep what is known of the tracker, or forget it."""
        if tracker is None:
            await self._dynamodb.delete_item(TableName=self._table, Key=to_item(self._key))
            return
        item = {**self._key, "arn": tracker.arn, "tracking_id": tracker.tracking_id}
        await self._dynamodb.put_item(TableName=self._table, Item=to_item(item))


class AWSEventTrackers(DynamoDBKnownTracker):
    """The tracker in Personalize, and what is kept of it."""

    def __init__(
        self,
        personalize: AWSPersonalize,
        dynamodb: "DynamoDBClient",
        *,
        table: str,
        plan: Plan,
        attribution: bool,
    ) -> None:
        super().__init__(dynamodb, table=table, name=plan.dataset_group)
        self._personalize = personalize
        self._plan = plan
        self._attribution = attribution

    async def make(self) -> Tracker | None:
        """Return the group's tracker, made if there is none; None as long as the group has no interactions.

        Raises `NotReadyError` while it is being made.
        """
        group = await self._personalize.named(Kind.DATASET_GROUP, self._plan.dataset_group)
        if group is None or not await self._has_interactions(group):
            return None
        arn = await self._tracker(group)
        described = await self._personalize.described(Kind.EVENT_TRACKER, arn)
        if described.get("status") != ACTIVE:
            raise NotReadyError(f"event tracker {arn}")
        if self._attribution:
            await self._personalize.ensure(attribution_spec(self._plan, group))
        return Tracker(arn, str(described["trackingId"]))

    async def _tracker(self, group: str) -> str:
        """Return the ARN of whatever tracker the group has: a second one is refused."""
        tags = [{"tagKey": key, "tagValue": value} for key, value in self._plan.tags.items()]
        request: dict[str, Any] = {"datasetGroupArn": group, **({"tags": tags} if tags else {})}
        name = self._plan.dataset_group
        return await self._personalize.ensure(ResourceSpec(TRACKER, Kind.EVENT_TRACKER, name, request))

    async def _has_interactions(self, group: str) -> bool:
        datasets = await self._personalize.listed(Kind.DATASET, datasetGroupArn=group)
        return any(_is_ready(each) for each in datasets)


def _is_ready(dataset: Mapping[str, Any]) -> bool:
    return str(dataset.get("datasetType", "")).upper() == INTERACTIONS and dataset.get("status") == ACTIVE
