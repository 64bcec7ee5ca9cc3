"""Schemas, dataset groups, datasets and their imports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4
from weakref import WeakKeyDictionary

from understudy.personalize.arns import Arns
from understudy.personalize.csv_import import TableReader
from understudy.personalize.errors import JobFailedError, invalid_input
from understudy.personalize.kinds import DATASET, DATASET_GROUP, DATASET_IMPORT_JOB, EVENT_TRACKER, SCHEMA
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Schema, SchemaError, parse_schema
from understudy.personalize.storage import Storage
from understudy.personalize.tables import Table
from understudy.s3 import Location
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOperations:
    """Creates schemas, dataset groups and datasets, and imports their data."""

    arns: Arns
    registry: Registry
    workers: Workers
    s3: "S3ClientFactory"
    _tables: WeakKeyDictionary[Resource, Table] = field(default_factory=WeakKeyDictionary)

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that create and change what this part of the service keeps."""
        return {
            "CreateSchema": self.create_schema,
            "CreateDatasetGroup": self.create_dataset_group,
            "CreateDataset": self.create_dataset,
            "UpdateDataset": self.update_dataset,
            "CreateEventTracker": self.create_event_tracker,
            "CreateDatasetImportJob": self.create_dataset_import_job,
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
        self._require_schema(params["schemaArn"], dataset_type)
        arn = self.arns.dataset(group.detail["name"], dataset_type)
        detail = {**params, "datasetType": dataset_type}
        self.registry.create(DATASET, arn, detail, links=(group.arn, params["schemaArn"]))
        return {"datasetArn": arn}

    async def update_dataset(self, params: Params) -> Params:
        """Answer UpdateDataset: the next import is read by the new schema, and the old one is free."""
        dataset = self.registry.get_active(DATASET, params["datasetArn"])
        self._require_schema(params["schemaArn"], dataset.detail["datasetType"])
        dataset.links = (dataset.links - {dataset.detail["schemaArn"]}) | {params["schemaArn"]}
        dataset.detail["schemaArn"] = params["schemaArn"]
        return {"datasetArn": dataset.arn}

    async def create_event_tracker(self, params: Params) -> Params:
        """Answer CreateEventTracker; a group has one. Events cannot be sent to it here."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        arn, tracking_id = self.arns.event_tracker(), str(uuid4())
        detail = {**params, "accountId": self.arns.account_id, "trackingId": tracking_id}
        self.registry.create(EVENT_TRACKER, arn, detail, links=(group.arn,))
        return {"eventTrackerArn": arn, "trackingId": tracking_id}

    async def create_dataset_import_job(self, params: Params) -> Params:
        """Answer CreateDatasetImportJob; the import itself runs in the background."""
        dataset = self.registry.get_active(DATASET, params["datasetArn"])
        if "roleArn" not in params:
            raise invalid_input("roleArn is required to read from Amazon S3.")
        _data_location(params["dataSource"].get("dataLocation", ""))
        # The service model gives roleArn here the pattern of a Personalize ARN, which no role
        # matches, so it cannot be returned.
        detail = {"importMode": "FULL", **params}
        del detail["roleArn"]

        arn = self.arns.named("dataset-import-job", params["jobName"])
        job = self.registry.create(
            DATASET_IMPORT_JOB, arn, detail, links=(dataset.arn,), work=lambda: self.import_files(job)
        )
        return {"datasetImportJobArn": arn}

    async def import_files(self, job: Resource) -> None:
        """Do an import: read its files into its dataset."""
        dataset = self.registry.get(DATASET, job.detail["datasetArn"])
        location = _data_location(job.detail["dataSource"]["dataLocation"])
        table = await self._read(self._schema(dataset.detail["schemaArn"]), location)
        await self._store(dataset, table, add=job.detail["importMode"] == "INCREMENTAL")

    def table(self, dataset: Resource) -> Table | None:
        """Return what has been imported into a dataset, nothing before the first import."""
        return self._tables.get(dataset)

    def restore(self, dataset: Resource, table: Table) -> None:
        """Know again what was imported into a dataset."""
        self._tables[dataset] = table

    def schemas(self, group_arn: str) -> dict[str, Schema]:
        """Return the schemas of a group's datasets by name."""
        datasets = self.registry.find(DATASET, links=(group_arn,))
        schemas = [self._schema(dataset.detail["schemaArn"]) for dataset in datasets]
        return {schema.name: schema for schema in schemas}

    def snapshots(self, group_arn: str) -> dict[str, DatasetSnapshot]:
        """Return a group's current imported data by schema name."""
        found = [
            DatasetSnapshot(self._schema(each.detail["schemaArn"]), self._tables[each])
            for each in self.registry.find(DATASET, links=(group_arn,))
            if each in self._tables
        ]
        return {snapshot.schema.name: snapshot for snapshot in found}

    def _require_schema(self, arn: str, dataset_type: str) -> None:
        schema = self._schema(arn)
        if schema.name.upper() != dataset_type:
            raise invalid_input(f"A schema named {schema.name} does not fit {dataset_type}.")

    def _schema(self, arn: str) -> Schema:
        return parse_schema(self.registry.get(SCHEMA, arn).detail["schema"])

    async def _read(self, schema: Schema, location: Location) -> Table:
        reader = TableReader(schema)
        async with Storage.open(self.s3) as storage:
            files = await storage.files(location)
            csv_files = [file for file in files if file.key.lower().endswith(".csv")]
            if not csv_files:
                raise JobFailedError("No CSV file was found at the data location.")
            for file in csv_files:
                async with storage.fetched(file) as body:
                    await self.workers.run(reader.read, body)
        return await self.workers.run(reader.table)

    async def _store(self, dataset: Resource, table: Table, *, add: bool) -> None:
        """Replace or extend the dataset's data, even if another import ends meanwhile."""
        while True:
            before = self._tables.get(dataset)
            id_field = self._schema(dataset.detail["schemaArn"]).id_field
            merged = table
            if add and before is not None:
                merged = await self.workers.run(_merged, before, table, id_field)
            if self._tables.get(dataset) is before:
                self._tables[dataset] = merged
                return


def _data_location(path: str) -> Location:
    try:
        location = Location.parse(path)
    except ValueError as error:
        raise invalid_input("Invalid Data location.") from error
    if not location.is_folder and not location.key.lower().endswith(".csv"):
        raise invalid_input("Invalid Data location.")
    return location


def _merged(before: Table, added: Table, id_field: str | None) -> Table:
    both = before.followed_by(added)
    return both.distinct() if id_field is None else both.last_of_each(id_field)
