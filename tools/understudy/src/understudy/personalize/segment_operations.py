"""Batch segment jobs: for each line of files on S3, the users who will probably want what it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from understudy.personalize.arns import Arns
from understudy.personalize.batch_files import answer_files, check_places
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import invalid_input
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.kinds import BATCH_SEGMENT_JOB, SOLUTION_VERSION
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.recipes import FOR_SEGMENTS, ITEM_ATTRIBUTE_AFFINITY, require_recipe
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.segments import Segmenter, segment_lines
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory

_DEFAULT_USERS = 25
_MOST_USERS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentOperations:
    """Creates and runs batch segment jobs."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    filters: FilterOperations
    s3: "S3ClientFactory"

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of batch segment jobs."""
        return {"CreateBatchSegmentJob": self.create_batch_segment_job}

    async def create_batch_segment_job(self, params: Params) -> Params:
        """Answer CreateBatchSegmentJob; files are read and written in the background."""
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        if require_recipe(version.detail["recipeArn"]).type != FOR_SEGMENTS:
            raise invalid_input("The recipe requires a batch inference job.")
        check_places(params)
        wanted = int(params.get("numResults") or _DEFAULT_USERS)
        if not 1 <= wanted <= _MOST_USERS:
            raise invalid_input(f"numResults must be 1 to {_MOST_USERS}.")
        self.filters.require(params, version)
        arn = self.arns.named("batch-segment-job", params["jobName"])
        used = {version.arn, params.get("filterArn", version.arn)}
        self.registry.create(
            BATCH_SEGMENT_JOB,
            arn,
            {**params, "numResults": wanted},
            links=version.links | used,
            work=self.segment,
        )
        return {"batchSegmentJobArn": arn}

    async def segment(self, job: Resource) -> None:
        """Do a job: answer its input files."""
        version = self.registry.get(SOLUTION_VERSION, job.detail["solutionVersionArn"])
        model = await self.models.segment_model(version)
        by_attributes = version.detail["recipeArn"] == ITEM_ATTRIBUTE_AFFINITY
        snapshots = await self.data.snapshots(version.detail["datasetGroupArn"])
        segmenter = Segmenter(
            model=model,
            limit=job.detail["numResults"],
            items=snapshots.get("Items") if by_attributes else None,
            user_filter=await self.filters.bound_to_users(job.detail, model),
            by_attributes=by_attributes,
        )
        await answer_files(self.s3, self.workers, job.detail, partial(segment_lines, segmenter))
