"""Amazon Comprehend's operations on reviews: sentiment, targeted sentiment, dominant language."""

from understudy.comprehend.service import FOLDER, create_service

__all__ = ["FOLDER", "create_service"]
