"""Claude on Amazon Bedrock, through the Converse API."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.contracts.errors import PermanentError, TransientError
from encore.mailer.domain.copy.prompt import SCHEMA_NAME
from encore.mailer.ports import ModelMessage, ModelReply
from encore.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient
    from types_aiobotocore_bedrock_runtime.type_defs import (
        ConverseRequestTypeDef,
        ConverseResponseTypeDef,
        InferenceConfigurationTypeDef,
    )

MISCONFIGURED = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"}
)
MISCONFIGURED_REQUESTS = (
    "model identifier",
    "on-demand throughput",
    "exceeds the model limit",
    "output_config",
    "outputConfig",
    "temperature",
)
"""Parts of ValidationException messages whose cause affects every request, not only this one."""
FAILING_MODEL = frozenset({"ModelErrorException", "ModelTimeoutException"})
"""Faults of the model behind Bedrock, answered with a 4xx whose message says "Try your request again"."""
COMPLETE = frozenset({"end_turn", "stop_sequence"})
MAX_REASON_CHARS = 200


class ModelFailingError(TransientError):
    """The model failed, and not because of the request: template copy for every customer would be wrong."""


@dataclass(frozen=True)
class ModelChoice:
    """Which model writes, and its limits; `takes_schema` is False for a model without structured output."""

    model_id: str
    max_tokens: int
    temperature: float | None
    takes_schema: bool


class BedrockModel:
    """One model of Bedrock's."""

    def __init__(self, bedrock: "BedrockRuntimeClient", choice: ModelChoice) -> None:
        self._bedrock = bedrock
        self._choice = choice

    @property
    def takes_schema(self) -> bool:
        """True when Bedrock binds the model's answers to a JSON schema."""
        return self._choice.takes_schema

    async def converse(self, system: str, messages: Sequence[ModelMessage], *, schema: str) -> ModelReply:
        """Return an answer in JSON, or a refusal of this one request.

        Raises `PermanentError` naming the model when no request can succeed, and transient errors
        (throttling, server faults, a failing model) after the SDK's own retries.
        """
        request = self._request(system, messages, schema)
        try:
            answer = await self._bedrock.converse(**request)
        except ClientError as error:
            return ModelReply(refusal=self._refusal(error))
        return _reply(answer)

    def _request(
        self, system: str, messages: Sequence[ModelMessage], schema: str
    ) -> "ConverseRequestTypeDef":
        choice = self._choice
        inference: InferenceConfigurationTypeDef = {"maxTokens": choice.max_tokens}
        if choice.temperature is not None:
            inference["temperature"] = choice.temperature
        request: ConverseRequestTypeDef = {
            "modelId": choice.model_id,
            "system": [{"text": system}],
            "messages": [{"role": each.role, "content": [{"text": each.text}]} for each in messages],
            "inferenceConfig": inference,
        }
        if choice.takes_schema:
            json_schema = {"schema": schema, "name": SCHEMA_NAME}
            request["outputConfig"] = {
                "textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}  # type: ignore[typeddict-item] # a literal
            }
        return request

    def _refusal(self, error: ClientError) -> str:
        """Return why this one request was refused; raise when the cause affects other requests too."""
        code, message = error_code(error), error.response.get("Error", {}).get("Message", "")
        model = f"model {self._choice.model_id}"
        systemic = any(part in message for part in MISCONFIGURED_REQUESTS)
        if code in MISCONFIGURED or (code == "ValidationException" and systemic):
            raise PermanentError(f"{model} cannot be used: {code}: {message}") from error
        if code in FAILING_MODEL:
            raise ModelFailingError(f"{model}: {code}: {message}") from error
        if code == "ValidationException":
            return f"{code}: {message}"[:MAX_REASON_CHARS]
        raise error


def _reply(answer: "ConverseResponseTypeDef") -> ModelReply:
    text = "".join(block.get("text", "") for block in answer["output"].get("message", {}).get("content", []))
    stop, usage = answer["stopReason"], answer["usage"]
    return ModelReply(
        text=_json_object(text),
        refusal=None if stop in COMPLETE else f"the model stopped early: {stop}",
        input_tokens=usage["inputTokens"],
        output_tokens=usage["outputTokens"],
    )


def _json_object(text: str) -> str:
    """Return the JSON object within an answer that may have words around it; all of it if there is none."""
    start = text.find("{")
    if start < 0:
        return text
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return text
    return text[start:end]
