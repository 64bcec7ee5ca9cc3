"""Amazon Comprehend's operations on reviews: sentiment, targeted sentiment, dominant language."""

from understudy.comprehend.service import ComprehendOptions, create_service

__all__ = ["ComprehendOptions", "create_service"]
