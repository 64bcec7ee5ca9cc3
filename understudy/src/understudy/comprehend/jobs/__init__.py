"""Asynchronous jobs: documents from S3, results to S3."""

from understudy.comprehend.jobs.kinds import JOB_KINDS
from understudy.comprehend.jobs.operations import JobOperations, tags_of_jobs
from understudy.comprehend.jobs.registry import JobRegistry
from understudy.comprehend.jobs.runner import JobRunner

__all__ = ["JOB_KINDS", "JobOperations", "JobRegistry", "JobRunner", "tags_of_jobs"]
