"""Create, Get, List and Stop of batch inference jobs."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.bedrock.batch.errors import no_batch_inference
from understudy.bedrock.batch.job import Job
from understudy.bedrock.batch.listing import page
from understudy.s3 import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.bedrock.batch.registry import JobRegistry
    from understudy.bedrock.models import Models
    from understudy.wire.service import Handler, Params

_ID_CHARS = 12
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOperations:
    """Answers the operations on jobs."""

    models: Models
    registry: JobRegistry
    region: str
    account_id: str

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations by name."""
        return {
            "CreateModelInvocationJob": self.create,
            "GetModelInvocationJob": self.get,
            "ListModelInvocationJobs": self.list_jobs,
            "StopModelInvocationJob": self.stop,
            "ListTagsForResource": self.list_tags,
        }

    async def create(self, params: Params) -> Params:
        """Answer Create; the same clientRequestToken gets the same job."""
        token = params.get("clientRequestToken")
        job = self.registry.submitted_with(token) or self._submit(params, token)
        return {"jobArn": job.arn}

    async def get(self, params: Params) -> Params:
        """Answer Get."""
        return self.registry.get(params["jobIdentifier"]).properties()

    async def list_jobs(self, params: Params) -> Params:
        """Answer List, one page at a time."""
        shown, token = page(self.registry.jobs, params)
        answer: Params = {"invocationJobSummaries": [job.properties() for job in shown]}
        return answer if token is None else {**answer, "nextToken": token}

    async def stop(self, params: Params) -> Params:
        """Answer Stop."""
        self.registry.stop(params["jobIdentifier"])
        return {}

    async def list_tags(self, params: Params) -> Params:
        """Answer ListTagsForResource."""
        return {"tags": list(self.registry.get(params["resourceARN"]).tags)}

    def _submit(self, params: Params, token: str | None) -> Job:
        job = self._job(params)
        if not job.model.features.batch:
            raise no_batch_inference()
        self.registry.check_quota(job.model)
        self.registry.submit(job, token=token)
        return job

    def _job(self, params: Params) -> Job:
        job_id = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARS))
        source = {"s3InputFormat": "JSONL", **params["inputDataConfig"]["s3InputDataConfig"]}
        described = {name: each for name, each in params.items() if name != "tags"}
        return Job(
            number=len(self.registry.jobs),
            id=job_id,
            arn=f"arn:aws:bedrock:{self.region}:{self.account_id}:model-invocation-job/{job_id}",
            detail={
                "modelInvocationType": "InvokeModel",
                **described,
                "inputDataConfig": {"s3InputDataConfig": source},
            },
            model=self.models.find(params["modelId"]),
            source=Location.locate(source["s3Uri"]),
            target=Location.locate(params["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"]),
            tags=params.get("tags", ()),
        )
