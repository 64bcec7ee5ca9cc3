"""Validation of Converse requests, in Bedrock's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.wire.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from understudy.wire.service import Params

MAX_OUTPUT_TOKENS = 64_000
_TEXT_KINDS = frozenset({"text", "cachePoint"})


def validate_request(params: Params, *, model_ids: Collection[str]) -> None:
    """Raise `ServiceError` (ValidationException) for the first fault of a request."""
    _validate_model(params["modelId"], model_ids)
    _validate_conversation(params.get("messages", []))
    for number, block in enumerate(params.get("system", [])):
        _validate_block(block, f"SystemContentBlock object at system.{number}")
    _validate_max_tokens(params.get("inferenceConfig", {}).get("maxTokens", 1))
    if "toolConfig" in params:
        raise _invalid("This model doesn't support tool use.")


def _validate_model(model_id: str, model_ids: Collection[str]) -> None:
    """Raise unless the id, or the last part of an ARN (`…:inference-profile/us.anthropic.x`), is known."""
    if model_id.rpartition("/")[2] not in model_ids:
        raise _invalid("The provided model identifier is invalid.")


def _validate_conversation(messages: Sequence[Params]) -> None:
    if not messages or messages[0]["role"] != "user":
        raise _invalid(
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message."
        )
    for number, message in enumerate(messages):
        if message["role"] != ("user", "assistant")[number % 2]:
            raise _invalid(
                "A conversation must alternate between user and assistant roles. Make sure the "
                "conversation alternates between user and assistant roles and try again."
            )
        _validate_content(message["content"], number)
    if messages[-1]["role"] != "user":
        raise _invalid("The conversation must end with a user message.")


def _validate_content(content: Sequence[dict[str, Any]], number: int) -> None:
    if not content:
        raise _invalid(f"The content field in the Message object at messages.{number} is empty.")
    for position, block in enumerate(content):
        _validate_block(block, f"ContentBlock object at messages.{number}.content.{position}")


def _validate_block(block: dict[str, Any], where: str) -> None:
    kind = next(iter(block))
    if kind not in _TEXT_KINDS:
        raise _invalid(f"This model doesn't support the {kind} field in the {where}.")
    if kind == "text" and not block["text"].strip():
        raise _invalid(f"The text field in the {where} is blank. Add text to the text field, and try again.")


def _validate_max_tokens(max_tokens: int) -> None:
    if max_tokens > MAX_OUTPUT_TOKENS:
        raise _invalid(
            f"The maximum tokens you requested exceeds the model limit of {MAX_OUTPUT_TOKENS}. "
            f"Try again with a maximum tokens value that is lower than {MAX_OUTPUT_TOKENS}."
        )


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
