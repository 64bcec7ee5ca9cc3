"""Batch inference: jobs that read prompts from S3 and write answers there."""

from understudy.bedrock.batch.operations import JobOperations
from understudy.bedrock.batch.registry import JobRegistry
from understudy.bedrock.batch.runner import JobRunner

__all__ = ["JobOperations", "JobRegistry", "JobRunner"]
