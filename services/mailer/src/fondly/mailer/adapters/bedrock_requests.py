"""What is asked of a model: requests of Bedrock's Converse API."""

import json
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from fondly.mailer.adapters.bedrock_capabilities import Capabilities, StructuredOutput, Thinking
from fondly.mailer.domain.copy.prompt import SCHEMA_NAME, Prompt

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.type_defs import (
        ConverseRequestTypeDef,
        InferenceConfigurationTypeDef,
        OutputConfigTypeDef,
        SystemContentBlockTypeDef,
        ToolConfigurationTypeDef,
    )

OBEY_SCHEMA = "Answer with one JSON object, nothing before or after it, that obeys this JSON schema:"
THINKING_TOKENS = 4_000
"""Room for the thoughts of a model that thinks; at low effort it takes far less."""


class Member(StrEnum):
    """What a request may have beside what every model takes, named as in Converse's errors."""

    TOOL = "toolChoice"
    SCHEMA = "outputConfig.textFormat"
    EFFORT = "outputConfig.effort"
    THINKING = "thinking"
    TEMPERATURE = "temperature"
    CACHE = "cachePoint"
    ROOM = "maxTokens"
    """Tokens for thoughts, beside those of the answer."""


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
    left_out: frozenset[Member] = frozenset()
    """What the model has refused, whatever its capabilities say."""

    @property
    def members(self) -> frozenset[Member]:
        """What its requests have beside what every model takes."""
        known = self.capabilities
        thinks = known.thinking if Member.THINKING not in self.left_out else Thinking.ALWAYS
        sent = {
            Member.TOOL: known.structured_output is StructuredOutput.TOOL,
            Member.SCHEMA: known.structured_output is StructuredOutput.NATIVE,
            Member.EFFORT: thinks is Thinking.LOW,
            Member.THINKING: thinks is Thinking.OFF,
            Member.TEMPERATURE: known.temperature and self.temperature is not None,
            Member.CACHE: known.cache_from_tokens is not None,
            Member.ROOM: thinks in {Thinking.LOW, Thinking.ALWAYS},
        }
        return frozenset(member for member, is_sent in sent.items() if is_sent) - self.left_out

    def without(self, member: Member) -> Self:
        """Return the same choice for a model that does not take a member."""
        return replace(self, left_out=self.left_out | {member})


def converse_request(choice: ModelChoice, prompt: Prompt) -> "ConverseRequestTypeDef":
    """Return a request of `Converse`; a model without structured output finds the schema in its prompt."""
    members = choice.members
    bound = members & {Member.TOOL, Member.SCHEMA}
    text = prompt.text if bound else f"{prompt.text}\n\n{OBEY_SCHEMA}\n{prompt.schema}"
    request: ConverseRequestTypeDef = {
        "modelId": choice.model_id,
        "system": _system(choice, prompt.system),
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": _inference(choice, prompt),
    }
    if Member.TOOL in members:
        request["toolConfig"] = _tool(prompt)
    if output := _output(members, prompt):
        request["outputConfig"] = output
    if Member.THINKING in members:
        request["additionalModelRequestFields"] = {"thinking": {"type": "disabled"}}
    if choice.guardrail:
        request["guardrailConfig"] = {
            "guardrailIdentifier": choice.guardrail.id,
            "guardrailVersion": choice.guardrail.version,
        }
    return request


def max_tokens(choice: ModelChoice, prompt: Prompt) -> int:
    """Return the most tokens that an answer may have, with the model's thoughts."""
    answer = math.ceil(prompt.max_chars / choice.capabilities.chars_per_token)
    room = THINKING_TOKENS if Member.ROOM in choice.members else 0
    return min(answer + room, choice.capabilities.max_output_tokens)


def most_tokens(choice: ModelChoice, prompt: Prompt) -> dict[str, int]:
    """Return the most tokens that a call is charged for: nothing of what can be cached may be cached yet."""
    of = choice.capabilities.most_tokens
    return {
        "cache_write_tokens": of(len(prompt.system) + len(prompt.schema)),
        "input_tokens": of(len(prompt.text)),
        "output_tokens": max_tokens(choice, prompt),
    }


def _system(choice: ModelChoice, system: str) -> "list[SystemContentBlockTypeDef]":
    """The system text, which all requests share, and a point up to which it is cached."""
    text: SystemContentBlockTypeDef = {"text": system}
    cached = Member.CACHE in choice.members and choice.capabilities.caches(system)
    return [text, {"cachePoint": {"type": "default"}}] if cached else [text]


def _inference(choice: ModelChoice, prompt: Prompt) -> "InferenceConfigurationTypeDef":
    inference: InferenceConfigurationTypeDef = {"maxTokens": max_tokens(choice, prompt)}
    if choice.temperature is not None and Member.TEMPERATURE in choice.members:
        inference["temperature"] = choice.temperature
    return inference


def _tool(prompt: Prompt) -> "ToolConfigurationTypeDef":
    """One tool that the model has to fill in."""
    schema = json.loads(prompt.schema)
    return {
        "tools": [{"toolSpec": {"name": SCHEMA_NAME, "inputSchema": {"json": schema}}}],
        "toolChoice": {"tool": {"name": SCHEMA_NAME}},
    }


def _output(members: frozenset[Member], prompt: Prompt) -> "OutputConfigTypeDef":
    output: OutputConfigTypeDef = {"effort": "low"} if Member.EFFORT in members else {}
    if Member.SCHEMA in members:
        schema = {"schema": prompt.schema, "name": SCHEMA_NAME}
        output["textFormat"] = {"type": "json_schema", "structure": {"jsonSchema": schema}}  # type: ignore[typeddict-item] # a literal
    return output
