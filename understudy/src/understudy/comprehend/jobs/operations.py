"""Start, Describe, List and Stop of one type of job."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.comprehend.errors import (
    resource_not_found,
    too_many_tags,
    unsupported_job_language,
)
from understudy.comprehend.jobs.job import Job
from understudy.comprehend.jobs.listing import page
from understudy.comprehend.limits import MAX_TAGS
from understudy.s3 import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.comprehend.jobs.kinds import JobKind
    from understudy.comprehend.jobs.registry import JobRegistry
    from understudy.comprehend.jobs.runner import JobRunner
    from understudy.wire.service import Handler, Params

_NOT_DESCRIBED = frozenset({"ClientRequestToken", "Tags"})
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOperations:
    """Answers the operations on jobs of one type."""

    kind: JobKind
    runner: JobRunner
    registry: JobRegistry
    region: str
    account_id: str

    def operations(self) -> Mapping[str, Handler]:
        """Return the four operations by name."""
        noun = self.kind.noun
        return {
            f"Start{noun}Job": self.start,
            f"Describe{noun}Job": self.describe,
            f"List{noun}Jobs": self.list_jobs,
            f"Stop{noun}Job": self.stop,
        }

    async def start(self, params: Params) -> Params:
        """Answer Start; the same ClientRequestToken gets the same job."""
        token = params.get("ClientRequestToken")
        job = self.registry.submitted_with(token) or self._submit(params, token)
        return {"JobId": job.id, "JobArn": job.arn, "JobStatus": job.status}

    async def describe(self, params: Params) -> Params:
        """Answer Describe."""
        return {self.kind.properties: self.registry.get(params["JobId"]).properties()}

    async def list_jobs(self, params: Params) -> Params:
        """Answer List, one page at a time."""
        shown, token = page(
            self.registry.jobs,
            criteria=params.get("Filter", {}),
            token=params.get("NextToken"),
            max_results=params.get("MaxResults"),
        )
        answer: Params = {f"{self.kind.properties}List": [job.properties() for job in shown]}
        return answer if token is None else {**answer, "NextToken": token}

    async def stop(self, params: Params) -> Params:
        """Answer Stop."""
        job = self.registry.stop(params["JobId"])
        return {"JobId": job.id, "JobStatus": job.status}

    def _submit(self, params: Params, token: str | None) -> Job:
        known = self.runner.analysis.languages
        if known is not None and params["LanguageCode"] not in known:
            raise unsupported_job_language(params["LanguageCode"])
        if len(params.get("Tags", [])) > MAX_TAGS:
            raise too_many_tags()
        self.registry.check_quota()
        job = self._job(params)
        self.registry.submit(job, self.runner.run, token=token)
        return job

    def _job(self, params: Params) -> Job:
        job_id = secrets.token_hex(_ID_BYTES)
        source = {"InputFormat": "ONE_DOC_PER_FILE", **params["InputDataConfig"]}
        target = self.kind.output(
            Location.locate(params["OutputDataConfig"]["S3Uri"]), account_id=self.account_id, job_id=job_id
        )
        shown = {
            "InputDataConfig": source,
            "OutputDataConfig": {**params["OutputDataConfig"], "S3Uri": f"s3://{target.bucket}/{target.key}"},
        }
        return Job(
            number=self.registry.next_number,
            id=job_id,
            arn=f"arn:aws:comprehend:{self.region}:{self.account_id}:{self.kind.arn_type}/{job_id}",
            detail={**{name: each for name, each in params.items() if name not in _NOT_DESCRIBED}, **shown},
            source=Location.locate(source["S3Uri"]),
            target=target,
            tags=params.get("Tags", ()),
        )


def tags_of_jobs(registries: Sequence[JobRegistry]) -> Handler:
    """Return the handler of ListTagsForResource, for the jobs of all types."""

    async def list_tags(params: Params) -> Params:
        arn = params["ResourceArn"]
        found = next((job for each in registries for job in each.jobs if job.arn == arn), None)
        if found is None:
            raise resource_not_found()
        return {"ResourceArn": arn, "Tags": list(found.tags)}

    return list_tags
