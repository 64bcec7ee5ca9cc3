"""Asks the model only what the run's budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.mailer.adapters.bedrock_capabilities import MIN_CHARS_PER_TOKEN
from fondly.mailer.ports import TOKENS, Claim, Model, ModelMessage, ModelReply
from fondly.runtime.runs.budget import paying


@dataclass(frozen=True)
class ModelWithinBudget:
    """Asks `model`; raises `RunStoppedError` before a call that the budget does not allow."""

    model: Model
    model_id: str

    async def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        *,
        schema: str,
        max_tokens: int,
        claim: Claim | None = None,
    ) -> ModelReply:
        """Return an answer or a refusal, as the model does."""
        most = self._units(most_tokens(system, messages, schema=schema, max_tokens=max_tokens))
        async with paying(most) as payment:
            reply = await self.model.converse(
                system, messages, schema=schema, max_tokens=max_tokens, claim=claim
            )
            payment.used(self._units({kind: getattr(reply, kind) for kind in TOKENS}))
            return reply

    def _units(self, tokens: dict[str, int]) -> dict[str, int]:
        return {f"bedrock.{kind}.{self.model_id}": number for kind, number in tokens.items()}


def most_tokens(
    system: str, messages: Sequence[ModelMessage], *, schema: str, max_tokens: int
) -> dict[str, int]:
    """Return the most tokens that a call is charged for: none of the system text may be cached yet."""
    asked = len(schema) + sum(len(message.text) for message in messages)
    return {
        "cache_write_tokens": -(-len(system) // MIN_CHARS_PER_TOKEN),
        "input_tokens": -(-asked // MIN_CHARS_PER_TOKEN),
        "output_tokens": max_tokens,
    }
