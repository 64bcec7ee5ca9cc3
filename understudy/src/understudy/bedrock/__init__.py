"""Amazon Bedrock: models that write, answered by the copywriter."""

from understudy.bedrock.service import BedrockOptions, create_service

__all__ = ["BedrockOptions", "create_service"]
