"""A client of Bedrock that answers from memory, and the adapter on it."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import Capabilities, StructuredOutput, Thinking
from fondly.mailer.adapters.bedrock_requests import Guardrail, ModelChoice
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient

EVERYTHING = Capabilities(
    structured_output=StructuredOutput.NATIVE,
    cache_from_tokens=1_024,
    temperature=True,
    thinking=Thinking.NONE,
    chars_per_token=2,
)
LONG = "Rules. " * 1_000


def prompt(system: str = "rules", schema: str = "{}") -> Prompt:
    """A request to write."""
    return Prompt(Task.FRAME, "1", system, "Write.", schema, max_chars=1_000)


class StubBedrock:
    """A Bedrock client that answers Converse with a text, or blocks, or with an error."""

    def __init__(
        self,
        text: str = "{}",
        *,
        content: list[dict[str, Any]] | None = None,
        stop: str = "end_turn",
        error: tuple[str, str, int] | None = None,
        usage: Mapping[str, int] | None = None,
    ) -> None:
        self.request: dict[str, Any] = {}
        self.calls = 0
        self.fails_times = math.inf
        self._content = content or [{"text": text}]
        self._stop, self._error, self._usage = stop, error, usage or {}

    async def converse(self, **request: object) -> dict[str, Any]:
        """Keep the request, and answer it."""
        self.request = request
        self.calls += 1
        if error := self.error_to(request):
            code, message, status = error
            raise ClientError(
                {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the members in use
                "Converse",
            )
        return {
            "output": {"message": {"role": "assistant", "content": self._content}},
            "stopReason": self._stop,
            "usage": {"inputTokens": 12, "outputTokens": 34, "totalTokens": 46, **self._usage},
        }

    def error_to(self, request: Mapping[str, Any]) -> tuple[str, str, int] | None:
        """Return the code, message and status with which a request fails."""
        assert request
        return self._error if self.calls <= self.fails_times else None


def model(
    stub: StubBedrock,
    *,
    model_id: str = "some.model",
    capabilities: Capabilities = EVERYTHING,
    temperature: float | None = 0.7,
    guardrail: Guardrail | None = None,
    limiter: Limiter | None = None,
) -> BedrockModel:
    """The adapter on a stubbed client."""
    choice = ModelChoice(
        model_id=model_id, capabilities=capabilities, temperature=temperature, guardrail=guardrail
    )
    return BedrockModel(cast("BedrockRuntimeClient", stub), choice, limiter or Limiter(1_000))
