"""Schemas, dataset groups, datasets and event trackers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from understudy.personalize.dataset_records import DatasetRecords
from understudy.personalize.errors import already_exists, in_use, invalid_input
from understudy.personalize.kinds import (
    DATASET,
    DATASET_GROUP,
    EVENT_TRACKER,
    SCHEMA,
    UNFINISHED,
    Arns,
    Status,
)
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Schema, SchemaError, parse_schema
from understudy.wire.service import Handler, Params

_TYPES = frozenset({"INTERACTIONS", "ITEMS", "USERS"})
_TYPES_FOR_ACTIONS = frozenset({"ACTIONS", "ACTION_INTERACTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOperations:
    """Creates schemas, dataset groups and datasets, and knows their data."""

    arns: Arns
    registry: Registry
    records: DatasetRecords

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that create and change what this part of the service keeps."""
        return {
            "CreateSchema": self.create_schema,
            "CreateDatasetGroup": self.create_dataset_group,
            "CreateDataset": self.create_dataset,
            "UpdateDataset": self.update_dataset,
            "CreateEventTracker": self.create_event_tracker,
        }

    async def create_schema(self, params: Params) -> Params:
        """Answer CreateSchema; the schema is checked and usable at once."""
        try:
            parse_schema(params["schema"])
        except SchemaError as error:
            raise invalid_input(f"Input is invalid, {error}.") from error
        arn = self.arns.named("schema", params["name"])
        self.registry.create(SCHEMA, arn, dict(params))
        return {"schemaArn": arn}

    async def create_dataset_group(self, params: Params) -> Params:
        """Answer CreateDatasetGroup."""
        if ("kmsKeyArn" in params) != ("roleArn" in params):
            raise invalid_input("roleArn and kmsKeyArn must be given together.")
        arn = self.arns.named("dataset-group", params["name"])
        self.registry.create(DATASET_GROUP, arn, dict(params))
        domain = {"domain": params["domain"]} if "domain" in params else {}
        return {"datasetGroupArn": arn, **domain}

    async def create_dataset(self, params: Params) -> Params:
        """Answer CreateDataset; a group has one of each type, with a schema of that type."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        dataset_type = params["datasetType"].upper()
        if dataset_type in _TYPES_FOR_ACTIONS:
            raise invalid_input(f"Datasets of type {dataset_type} are not supported.")
        if dataset_type not in _TYPES:
            raise invalid_input(f"The dataset type {params['datasetType']} is not valid.")
        self._require_schema(params["schemaArn"], dataset_type)
        arn = self.arns.dataset(group.detail["name"], dataset_type)
        detail = {**params, "datasetType": dataset_type}
        self.registry.create(DATASET, arn, detail, links=(group.arn, params["schemaArn"]))
        return {"datasetArn": arn}

    async def update_dataset(self, params: Params) -> Params:
        """Answer UpdateDataset: the dataset stays usable, and gets the new schema once the update is done."""
        dataset = self.registry.get_active(DATASET, params["datasetArn"])
        self._require_schema(params["schemaArn"], dataset.detail["datasetType"])
        if _update_status(dataset) in UNFINISHED:
            raise in_use(dataset.arn, "an update is in progress")
        now = datetime.now(UTC)
        dataset.detail["latestDatasetUpdate"] = {
            "schemaArn": params["schemaArn"],
            "status": Status.CREATE_PENDING,
            "creationDateTime": now,
            "lastUpdatedDateTime": now,
        }
        dataset.links |= {params["schemaArn"]}
        self.registry.changed(dataset)
        self.registry.start(dataset, self._update(dataset))
        return {"datasetArn": dataset.arn}

    def resume_updates(self) -> None:
        """Go on with the updates that were under way when the process was killed."""
        for dataset in self.registry.find(DATASET):
            if _update_status(dataset) in UNFINISHED:
                self.registry.start(dataset, self._update(dataset))

    async def create_event_tracker(self, params: Params) -> Params:
        """Answer CreateEventTracker; a group has one."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        for other in self.registry.find(EVENT_TRACKER, links=(group.arn,)):
            if other.detail["name"] == params["name"]:
                raise already_exists(other.arn)
        arn, tracking_id = self.arns.event_tracker(), str(uuid4())
        detail = {**params, "accountId": self.arns.account_id, "trackingId": tracking_id}
        self.registry.create(EVENT_TRACKER, arn, detail, links=(group.arn,))
        return {"eventTrackerArn": arn, "trackingId": tracking_id}

    def schema(self, dataset: Resource) -> Schema:
        """Return the schema of a dataset."""
        return self._schema(dataset.detail["schemaArn"])

    def schemas(self, group_arn: str) -> dict[str, Schema]:
        """Return the schemas of a group's datasets by name."""
        schemas = [self.schema(dataset) for dataset in self.datasets(group_arn)]
        return {schema.name: schema for schema in schemas}

    def datasets(self, group_arn: str) -> list[Resource]:
        """Return a group's datasets."""
        return self.registry.find(DATASET, links=(group_arn,))

    async def snapshots(self, group_arn: str, *, with_events: bool = True) -> dict[str, DatasetSnapshot]:
        """Return a group's current data by schema name; interactions maybe only as they were imported."""
        found = [await self._snapshot(each, with_events=with_events) for each in self.datasets(group_arn)]
        return {each.schema.name: each for each in found if each is not None}

    async def _snapshot(self, dataset: Resource, *, with_events: bool) -> DatasetSnapshot | None:
        schema, bulk = self.schema(dataset), self.records.bulk(dataset)
        if with_events or schema.id_field is not None or bulk is None:
            return await self.records.snapshot(dataset, schema)
        return DatasetSnapshot(schema, bulk)

    async def _update(self, dataset: Resource) -> None:
        update = dataset.detail["latestDatasetUpdate"]
        for status in (Status.CREATE_IN_PROGRESS, Status.ACTIVE):
            await self.registry.pause()
            if status is Status.ACTIVE:
                before, after = dataset.detail["schemaArn"], update["schemaArn"]
                dataset.links = (dataset.links - {before}) | {after}
                dataset.detail["schemaArn"] = after
            update["status"], update["lastUpdatedDateTime"] = status, datetime.now(UTC)
            self.registry.changed(dataset)

    def _require_schema(self, arn: str, dataset_type: str) -> None:
        schema = self._schema(arn)
        if schema.name.upper() != dataset_type:
            raise invalid_input(f"A schema named {schema.name} does not fit {dataset_type}.")

    def _schema(self, arn: str) -> Schema:
        return parse_schema(self.registry.get(SCHEMA, arn).detail["schema"])


def only_of(dataset_type: str, datasets: Iterable[Resource]) -> Resource | None:
    """Return the dataset of a type, None if there is none."""
    return next((each for each in datasets if each.detail["datasetType"] == dataset_type), None)


def _update_status(dataset: Resource) -> str | None:
    update: Params = dataset.detail.get("latestDatasetUpdate", {})
    return update.get("status")
