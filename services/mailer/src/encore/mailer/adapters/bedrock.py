"""Claude on Amazon Bedrock, through the Converse API."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.contracts.errors import PermanentError, TransientError
from encore.mailer.domain.copy.prompt import SCHEMA_NAME
from encore.mailer.use_cases.write_copy import Reply, Turn
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
"""Parts of ValidationException messages that concern every request alike, not one customer's text."""
FAILING_MODEL = frozenset({"ModelErrorException", "ModelTimeoutException"})
"""Faults behind Bedrock that answer with a 4xx: "Try your request again", says the text."""
COMPLETE = frozenset({"end_turn", "stop_sequence"})
MAX_REASON_CHARS = 200


class ModelFailingError(TransientError):
    """The model failed at a request that is not to blame: everybody would get the plain template for it."""


@dataclass(frozen=True)
class ModelChoice:
    """Which model writes and within which bounds; `takes_schema` is False where it knows no JSON schema."""

    model_id: str
    max_tokens: int
    temperature: float | None
    takes_schema: bool


class BedrockModel:
    """One model."""

    def __init__(self, bedrock: "BedrockRuntimeClient", choice: ModelChoice) -> None:
        self._bedrock = bedrock
        self._choice = choice

    @property
    def takes_schema(self) -> bool:
        """True when the model is held to a JSON schema by Bedrock."""
        return self._choice.takes_schema

    async def converse(self, system: str, turns: Sequence[Turn], *, schema: str) -> Reply:
        """Answer in JSON; a refusal of this one request is a reply too.

        Raises `PermanentError` naming the model when it cannot be used at all, and what is transient
        (throttling, server faults, a failing model) after the SDK's own retries.
        """
        request = self._request(system, turns, schema)
        try:
            answer = await self._bedrock.converse(**request)
        except ClientError as error:
            return Reply(refusal=self._refusal(error))
        return _reply(answer)

    def _request(self, system: str, turns: Sequence[Turn], schema: str) -> "ConverseRequestTypeDef":
        choice = self._choice
        inference: InferenceConfigurationTypeDef = {"maxTokens": choice.max_tokens}
        if choice.temperature is not None:
            inference["temperature"] = choice.temperature
        request: ConverseRequestTypeDef = {
            "modelId": choice.model_id,
            "system": [{"text": system}],
            "messages": [{"role": turn.role, "content": [{"text": turn.text}]} for turn in turns],
            "inferenceConfig": inference,
        }
        if choice.takes_schema:
            json_schema = {"schema": schema, "name": SCHEMA_NAME}
            request["outputConfig"] = {
                "textFormat": {"type": "json_schema", "structure": {"jsonSchema": json_schema}}  # type: ignore[typeddict-item] # a literal
            }
        return request

    def _refusal(self, error: ClientError) -> str:
        """Return why this one request was refused; raise when the cause concerns more than it."""
        code, said = error_code(error), error.response.get("Error", {}).get("Message", "")
        systemic = any(part in said for part in MISCONFIGURED_REQUESTS)
        if code in MISCONFIGURED or (code == "ValidationException" and systemic):
            raise PermanentError(f"model {self._choice.model_id} cannot be used: {code}: {said}") from error
        if code in FAILING_MODEL:
            raise ModelFailingError(f"model {self._choice.model_id}: {code}: {said}") from error
        if code == "ValidationException":
            return f"{code}: {said}"[:MAX_REASON_CHARS]
        raise error


def _reply(answer: "ConverseResponseTypeDef") -> Reply:
    text = "".join(block.get("text", "") for block in answer["output"].get("message", {}).get("content", []))
    stop, usage = answer["stopReason"], answer["usage"]
    return Reply(
        text=_json_object(text),
        refusal=None if stop in COMPLETE else f"stopped by {stop}",
        input_tokens=usage["inputTokens"],
        output_tokens=usage["outputTokens"],
    )


def _json_object(text: str) -> str:
    """Cut the JSON object out of an answer that may have words around it; without one, return it all."""
    start = text.find("{")
    if start < 0:
        return text
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return text
    return text[start:end]
