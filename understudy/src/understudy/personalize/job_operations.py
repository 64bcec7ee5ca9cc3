"""Jobs on the records of datasets: imports, exports and deletions."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.personalize.csv_import import TableReader, read_user_ids
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import JobFailedError, invalid_input, require_value
from understudy.personalize.filtering import number_form
from understudy.personalize.kinds import (
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    Arns,
)
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.registry import Finish, Registry
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Schema
from understudy.personalize.storage import Location, Storage
from understudy.personalize.tables import Column, Table, Texts
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.personalize.storage import S3ClientFactory

_MODE = "FULL"
_WITH_USERS = frozenset({"INTERACTIONS", "USERS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOperations:
    """Creates and does jobs that read, write or remove the records of datasets."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    s3: "S3ClientFactory"

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that create these jobs."""
        return {
            "CreateDatasetImportJob": self.create_dataset_import_job,
            "CreateDatasetExportJob": self.create_dataset_export_job,
            "CreateDataDeletionJob": self.create_data_deletion_job,
        }

    async def create_dataset_import_job(self, params: Params) -> Params:
        """Answer CreateDatasetImportJob; the import itself runs in the background."""
        dataset = self.registry.get_active(DATASET, params["datasetArn"])
        if "roleArn" not in params:
            raise invalid_input("roleArn is required to read from Amazon S3.")
        _data_location(params["dataSource"])
        if params.get("publishAttributionMetricsToS3"):
            raise invalid_input("The dataset group has no metric attribution with an Amazon S3 destination.")
        require_value(params, "importMode", _MODE)
        detail = {**_shown(params), "importMode": _MODE}
        arn = self.arns.named("dataset-import-job", params["jobName"])
        self.registry.create(DATASET_IMPORT_JOB, arn, detail, links=(dataset.arn,), work=self.import_files)
        return {"datasetImportJobArn": arn}

    async def import_files(self, job: Resource) -> Finish:
        """Do an import: read its files into its dataset."""
        dataset = self.registry.get(DATASET, job.detail["datasetArn"])
        reader = TableReader(self.data.schema(dataset))
        async with Storage.open(self.s3) as storage:
            for file in await _csv_files(storage, _data_location(job.detail["dataSource"])):
                async with storage.fetched(file) as body:
                    await self.workers.run(reader.read, body)
        table = await self.workers.run(reader.table)
        return await self.data.records.imported(dataset, table)

    async def create_dataset_export_job(self, params: Params) -> Params:
        """Answer CreateDatasetExportJob; the files are written in the background."""
        dataset = self.registry.get_active(DATASET, params["datasetArn"])
        _output_location(params)
        arn = self.arns.named("dataset-export-job", params["jobName"])
        detail = {"ingestionMode": "PUT", **_shown(params)}
        self.registry.create(DATASET_EXPORT_JOB, arn, detail, links=(dataset.arn,), work=self.export_files)
        return {"datasetExportJobArn": arn}

    async def export_files(self, job: Resource) -> None:
        """Do an export: write the records of a dataset as CSV, by how they came in."""
        dataset = self.registry.get(DATASET, job.detail["datasetArn"])
        schema, mode, records = self.data.schema(dataset), job.detail["ingestionMode"], self.data.records
        if mode == "BULK":
            table = records.bulk(dataset)
        elif mode == "PUT":
            table = await records.streamed(dataset, schema)
        else:
            snapshot = await records.snapshot(dataset, schema)
            table = None if snapshot is None else snapshot.table
        if table is None or not table.rows:
            raise JobFailedError("The dataset has no records to export.")
        body = await self.workers.run(_as_csv, table, schema)
        async with Storage.open(self.s3) as storage:
            await storage.write(_output_location(job.detail).child(f"{job.detail['jobName']}.csv"), body)

    async def create_data_deletion_job(self, params: Params) -> Params:
        """Answer CreateDataDeletionJob; what is known of the users is removed in the background."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        _data_location(params["dataSource"])
        arn = self.arns.named("data-deletion-job", params["jobName"])
        links = (group.arn, *(each.arn for each in self._with_users(group.arn)))
        self.registry.create(DATA_DELETION_JOB, arn, _shown(params), links=links, work=self.delete_data)
        return {"dataDeletionJobArn": arn}

    async def delete_data(self, job: Resource) -> Finish:
        """Do a deletion: remove the users in its files from datasets and models."""
        users: set[str] = set()
        async with Storage.open(self.s3) as storage:
            for file in await _csv_files(storage, _data_location(job.detail["dataSource"])):
                async with storage.fetched(file) as body:
                    users |= await self.workers.run(read_user_ids, body)
        group_arn, records = job.detail["datasetGroupArn"], self.data.records
        while True:
            forget = await self.models.forgetting(group_arn, users)
            removals = [await records.removal(each, users) for each in self._with_users(group_arn)]
            # An import or a training may have begun or ended meanwhile.
            if all(map(records.is_current, removals)) and {*self.models.versions(group_arn)} == {*forget}:
                break

        def finish() -> None:
            job.detail["numDeleted"] = sum(records.remove(each) for each in removals)
            for each in forget.values():
                each()

        return finish

    def _with_users(self, group_arn: str) -> list[Resource]:
        return [each for each in self.data.datasets(group_arn) if each.detail["datasetType"] in _WITH_USERS]


def _shown(params: Params) -> Params:
    """Return what can be described of a job.

    The service model gives roleArn the pattern of a Personalize ARN there, which no role matches, so it
    cannot be returned.
    """
    return {key: value for key, value in params.items() if key != "roleArn"}


async def _csv_files(storage: Storage, location: Location) -> list[Location]:
    files = [file for file in await storage.files(location) if file.key.lower().endswith(".csv")]
    if not files:
        raise JobFailedError("No CSV file was found at the data location.")
    return files


def _data_location(source: Params) -> Location:
    try:
        location = Location.parse(source.get("dataLocation", ""))
    except ValueError as error:
        raise invalid_input("Invalid Data location.") from error
    if not location.is_folder and not location.key.lower().endswith(".csv"):
        raise invalid_input("Invalid Data location.")
    return location


def _output_location(params: Params) -> Location:
    try:
        location = Location.parse(params["jobOutput"]["s3DataDestination"]["path"])
    except ValueError as error:
        raise invalid_input("Invalid S3 output path") from error
    if not location.is_folder:
        raise invalid_input("Invalid S3 output path")
    return location


def _as_csv(table: Table, schema: Schema) -> bytes:
    text = io.StringIO()
    types = {field.name: field.type for field in schema.fields if field.name in table.columns}
    names = list(types)
    text.write(",".join(names) + "\n")
    columns = [_values(table.columns[name], number_form(types[name])) for name in names]
    writer = csv.writer(text, escapechar="\\", doublequote=False, lineterminator="\n")
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _values(column: Column, form: Callable[[float], str]) -> Iterator[str]:
    if isinstance(column, Texts):
        return (column.values[code] if code >= 0 else "" for code in column.codes)
    return ("" if math.isnan(value) else form(value) for value in column.tolist())
