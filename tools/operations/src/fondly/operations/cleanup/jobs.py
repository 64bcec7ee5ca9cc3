"""Stops the jobs of Comprehend and Bedrock that have not ended.

A job belongs to the environment if it reads from its bucket. AWS has no deletion of jobs.
"""

from collections.abc import Mapping
from typing import Any

from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import Ignoring, pages

STAY = "AWS has no deletion of jobs; their records cost nothing"
ENDED = frozenset({"InvalidRequestException", "JobNotFoundException", "ConflictException"})
ENDED |= {"ResourceNotFoundException"}
COMPREHEND_RUNS = frozenset({"SUBMITTED", "IN_PROGRESS"})
BEDROCK_RUNS = frozenset({"Submitted", "Validating", "Scheduled", "InProgress"})
KINDS = {"sentiment": "SentimentDetectionJob", "targeted_sentiment": "TargetedSentimentDetectionJob"}


async def stop_comprehend_jobs(scope: Scope) -> None:
    """Stop running jobs; count the others."""
    for kind, name in KINDS.items():
        listed = pages(getattr(scope.comprehend, f"list_{kind}_detection_jobs"), "NextToken")
        for job in [job async for page in listed for job in page.get(f"{name}PropertiesList", [])]:
            if not job["InputDataConfig"]["S3Uri"].startswith(scope.job_uri):
                continue
            if job["JobStatus"] in COMPREHEND_RUNS:
                await _stop(
                    scope, "Comprehend", f"stop_{kind}_detection_job", scope.comprehend, JobId=job["JobId"]
                )
            scope.report.left("jobs of Comprehend", 1, STAY)


async def stop_bedrock_jobs(scope: Scope) -> None:
    """Stop running jobs; count the others."""
    pages = scope.bedrock.get_paginator("list_model_invocation_jobs").paginate()
    found = [job async for page in pages for job in page.get("invocationJobSummaries", [])]
    for job in found:
        if not _input(job).startswith(scope.job_uri):
            continue
        if job.get("status") in BEDROCK_RUNS:
            await _stop(
                scope, "Bedrock", "stop_model_invocation_job", scope.bedrock, jobIdentifier=job["jobArn"]
            )
        scope.report.left("jobs of Bedrock", 1, STAY)


async def _stop(scope: Scope, service: str, operation: str, client: Any, **job: str) -> None:  # noqa: ANN401 - either client
    with Ignoring(ENDED):
        if not scope.dry_run:
            await getattr(client, operation)(**job)
        scope.report.deleted(f"jobs of {service} stopped")


def _input(job: Mapping[str, Any]) -> str:
    return str(job.get("inputDataConfig", {}).get("s3InputDataConfig", {}).get("s3Uri", ""))
