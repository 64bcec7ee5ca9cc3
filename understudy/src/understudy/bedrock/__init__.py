"""Amazon Bedrock: models that write, answered by the copywriter."""

from understudy.bedrock.service import FOLDER, BedrockOptions, create_services

__all__ = ["FOLDER", "BedrockOptions", "create_services"]
