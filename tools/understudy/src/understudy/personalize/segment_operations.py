"""Batch segment jobs: for each line of files on S3, the users who will probably want what it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from understudy.personalize.batch_jobs import BatchJobs
from understudy.personalize.errors import invalid_input
from understudy.personalize.kinds import BATCH_SEGMENT_JOB
from understudy.personalize.recipes import ITEM_ATTRIBUTE_AFFINITY
from understudy.personalize.resource import Resource
from understudy.personalize.segments import Segmenter, segment_lines
from understudy.wire.service import Handler, Params

_DEFAULT_USERS = 25
_MOST_USERS = 5_000_000


@dataclass(frozen=True, slots=True)
class SegmentOperations:
    """Creates and runs batch segment jobs."""

    jobs: BatchJobs

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of batch segment jobs."""
        return {"CreateBatchSegmentJob": self.create_batch_segment_job}

    async def create_batch_segment_job(self, params: Params) -> Params:
        """Answer CreateBatchSegmentJob; files are read and written in the background."""
        version = self.jobs.version_for(params, segments=True)
        wanted = int(params.get("numResults") or _DEFAULT_USERS)
        if not 1 <= wanted <= _MOST_USERS:
            raise invalid_input(f"numResults must be 1 to {_MOST_USERS}.")
        detail = {**params, "numResults": wanted}
        arn = self.jobs.create(
            BATCH_SEGMENT_JOB, "batch-segment-job", detail, version=version, work=self.segment
        )
        return {"batchSegmentJobArn": arn}

    async def segment(self, job: Resource) -> None:
        """Do a job: answer its input files."""
        version = self.jobs.version_of(job)
        model = await self.jobs.models.segment_model(version)
        by_attributes = version.detail["recipeArn"] == ITEM_ATTRIBUTE_AFFINITY
        snapshots = await self.jobs.data.snapshots(version.detail["datasetGroupArn"])
        segmenter = Segmenter(
            model=model,
            limit=job.detail["numResults"],
            items=snapshots.get("Items") if by_attributes else None,
            user_filter=await self.jobs.filters.bound_to_users(job.detail, model),
            by_attributes=by_attributes,
        )
        await self.jobs.answer(job, partial(segment_lines, segmenter))
