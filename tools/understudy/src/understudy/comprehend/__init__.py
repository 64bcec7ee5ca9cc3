"""Amazon Comprehend's operations on reviews: sentiment, targeted sentiment, dominant language."""

from understudy.comprehend.service import create_service

__all__ = ["create_service"]
