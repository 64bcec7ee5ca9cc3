"""What is asked of a model: requests of Bedrock's Converse API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fondly.mailer.adapters.bedrock_capabilities import Capabilities
from fondly.mailer.domain.copy.prompt import SCHEMA_NAME
from fondly.mailer.ports import ModelMessage

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.type_defs import (
        ConverseRequestTypeDef,
        InferenceConfigurationTypeDef,
        MessageTypeDef,
        SystemContentBlockTypeDef,
    )

OBEY_SCHEMA = "Answer with one JSON object, nothing before or after it, that obeys this JSON schema:"


@dataclass(frozen=True)
class Guardrail:
    """A guardrail of the account that judges what goes to the model and what comes back."""

    id: str
    version: str


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """Which model writes, and how it is asked; a temperature is sent to models that accept one."""

    model_id: str
    capabilities: Capabilities
    temperature: float | None = None
    guardrail: Guardrail | None = None


def converse_request(
    choice: ModelChoice, system: str, messages: Sequence[ModelMessage], *, schema: str, max_tokens: int
) -> "ConverseRequestTypeDef":
    """Return a request of `Converse`; a model without structured output finds the schema in its prompt."""
    bound = choice.capabilities.structured_output
    request: ConverseRequestTypeDef = {
        "modelId": choice.model_id,
        "system": _system(choice, system),
        "messages": _messages(messages if bound else _with_schema(messages, schema)),
        "inferenceConfig": _inference(choice, max_tokens),
    }
    if bound:
        json_schema = {"schema": schema, "name": SCHEMA_NAME}
        request["outputConfig"] = {
            "textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}  # type: ignore[typeddict-item] # a literal
        }
    if choice.guardrail:
        request["guardrailConfig"] = {
            "guardrailIdentifier": choice.guardrail.id,
            "guardrailVersion": choice.guardrail.version,
        }
    return request


def _system(choice: ModelChoice, system: str) -> "list[SystemContentBlockTypeDef]":
    """The system text, which all requests share, and a point up to which it is cached."""
    text: SystemContentBlockTypeDef = {"text": system}
    return [text, {"cachePoint": {"type": "default"}}] if choice.capabilities.caches(system) else [text]


def _messages(messages: Sequence[ModelMessage]) -> "list[MessageTypeDef]":
    return [{"role": each.role, "content": [{"text": each.text}]} for each in messages]


def _with_schema(messages: Sequence[ModelMessage], schema: str) -> list[ModelMessage]:
    """Add the schema to the first request, unless that is one that Bedrock refuses as it stands."""
    if not messages or not messages[0].text.strip():
        return list(messages)
    first, *others = messages
    return [replace(first, text=f"{first.text}\n\n{OBEY_SCHEMA}\n{schema}"), *others]


def _inference(choice: ModelChoice, max_tokens: int) -> "InferenceConfigurationTypeDef":
    inference: InferenceConfigurationTypeDef = {"maxTokens": max_tokens}
    if choice.temperature is not None and choice.capabilities.temperature:
        inference["temperature"] = choice.temperature
    return inference
