"""Amazon Bedrock Runtime: `Converse`, answered by the copywriter."""

from understudy.bedrock.service import create_service

__all__ = ["create_service"]
