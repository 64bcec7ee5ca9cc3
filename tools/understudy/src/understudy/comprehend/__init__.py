"""Amazon Comprehend's sentiment operations."""

from understudy.comprehend.service import create_service

__all__ = ["create_service"]
