"""A model on Amazon Bedrock, through the Converse API."""

from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from fondly.mailer.adapters.bedrock_errors import raise_for_now, refusal_of
from fondly.mailer.adapters.bedrock_replies import read_reply
from fondly.mailer.adapters.bedrock_requests import ModelChoice, converse_request
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import Claim, ModelReply
from fondly.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient
    from types_aiobotocore_bedrock_runtime.type_defs import ConverseRequestTypeDef, ConverseResponseTypeDef


CHARS_PER_TOKEN = 4
"""In English prompts, on average: what a request reserves of the quota is estimated by it."""


class BedrockModel:
    """One model of Bedrock's, asked within a quota; the client must not retry (`NO_SDK_RETRIES`)."""

    def __init__(self, bedrock: "BedrockRuntimeClient", choice: ModelChoice, limiter: Limiter) -> None:
        self._bedrock = bedrock
        self._choice = choice
        self._limiter = limiter

    async def ask(self, prompt: Prompt, *, claim: Claim | None = None) -> ModelReply:
        """Return an answer in JSON, or a refusal of this one request.

        It waits for the quota for as long as it takes. Shortly before each try `claim` is asked whether the
        call is still wanted. Raises `WithdrawnError` if it is not, `PermanentError` naming the model when no
        request can succeed, and transient errors (server faults, a failing model) after some retries.
        """
        request = converse_request(self._choice, prompt)
        chars = len(prompt.system) + len(prompt.schema) + len(prompt.text)
        try:
            answer = await self._limiter.run(
                partial(self._send, request),
                claim=claim,
                reserves=chars / CHARS_PER_TOKEN + prompt.max_tokens,
                used=_tokens_used,
            )
        except ClientError as error:
            return ModelReply(refusal=refusal_of(error, self._choice.model_id))
        return read_reply(answer)

    async def _send(self, request: "ConverseRequestTypeDef") -> "ConverseResponseTypeDef":
        try:
            return await self._bedrock.converse(**request)
        except ClientError as error:
            raise_for_now(error, self._choice.model_id)
            raise


def _tokens_used(answer: "ConverseResponseTypeDef") -> float:
    """What counts against the quota: tokens that were read from the cache do not."""
    usage = answer["usage"]
    return usage["inputTokens"] + usage["outputTokens"] + usage.get("cacheWriteInputTokens", 0)
