"""A model on Amazon Bedrock, through the Converse API."""

from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from fondly.mailer.adapters.bedrock_errors import raise_for_now, refusal_of, refused_member
from fondly.mailer.adapters.bedrock_replies import read_reply
from fondly.mailer.adapters.bedrock_requests import ModelChoice, converse_request, max_tokens, most_tokens
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import TOKENS, ModelReply
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.turns import Lock
from fondly.runtime.runs.budget import paying

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient
    from types_aiobotocore_bedrock_runtime.type_defs import ConverseRequestTypeDef, ConverseResponseTypeDef

log = get_logger()


class BedrockModel:
    """One model of Bedrock's, asked within a quota; the client must not retry (`NO_SDK_RETRIES`)."""

    def __init__(self, bedrock: "BedrockRuntimeClient", choice: ModelChoice, limiter: Limiter) -> None:
        self._bedrock = bedrock
        self._choice = choice
        self._limiter = limiter

    async def ask(self, prompt: Prompt, *, lock: Lock | None = None) -> ModelReply:
        """Return an answer in JSON, or a refusal of this one request.

        It waits for the quota for as long as it takes. Shortly before each try `lock` is asked whether the
        call is still wanted. A member of requests that the model does not take is left out from then on.
        Raises `WithdrawnError` if the call is not wanted, `RunStoppedError` before one that the run's budget
        does not allow, `PermanentError` naming the model when no request can succeed, and transient errors
        (server faults, a failing model) after some retries.
        """
        while True:
            choice = self._choice
            try:
                return await self._paid(choice, prompt, lock)
            except ClientError as error:
                if not self._leaves_out(choice, error):
                    return ModelReply(refusal=refusal_of(error, choice.model_id))

    async def _paid(self, choice: ModelChoice, prompt: Prompt, lock: Lock | None) -> ModelReply:
        """Make one call within the run's budget."""
        chars = len(prompt.system) + len(prompt.schema) + len(prompt.text)
        async with paying(_units(choice, most_tokens(choice, prompt))) as payment:
            answer = await self._limiter.run(
                partial(self._send, converse_request(choice, prompt)),
                lock=lock,
                reserves=chars / choice.capabilities.chars_per_token + max_tokens(choice, prompt),
                used=self._tokens_used,
            )
            reply = read_reply(answer)
            payment.used(_units(choice, {kind: getattr(reply, kind) for kind in TOKENS}))
            return reply

    async def _send(self, request: "ConverseRequestTypeDef") -> "ConverseResponseTypeDef":
        try:
            return await self._bedrock.converse(**request)
        except ClientError as error:
            raise_for_now(error, self._choice.model_id)
            raise

    def _leaves_out(self, choice: ModelChoice, error: ClientError) -> bool:
        """Leave out the member that the error names, if it was sent; calls under way may all name it."""
        member = refused_member(error, choice.members)
        if member and member not in self._choice.left_out:
            self._choice = self._choice.without(member)
            log.warning("model_member_refused", model=choice.model_id, member=member, error=str(error))
            emit({Metric.MODEL_MEMBERS_REFUSED: 1})
        return member is not None

    def _tokens_used(self, answer: "ConverseResponseTypeDef") -> float:
        """What counts against the quota: tokens that were read from the cache do not."""
        usage, burn_down = answer["usage"], self._choice.capabilities.burn_down
        return (
            usage["inputTokens"] + burn_down * usage["outputTokens"] + usage.get("cacheWriteInputTokens", 0)
        )


def _units(choice: ModelChoice, tokens: dict[str, int]) -> dict[str, int]:
    return {f"bedrock.{kind}.{choice.model_id}": number for kind, number in tokens.items()}
