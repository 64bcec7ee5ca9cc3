"""Asks the model only what the run's budget allows."""

from dataclasses import dataclass

from fondly.mailer.adapters.bedrock_capabilities import MIN_CHARS_PER_TOKEN
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import TOKENS, Claim, Model, ModelReply
from fondly.runtime.runs.budget import paying


@dataclass(frozen=True)
class ModelWithinBudget:
    """Asks `model`; raises `RunStoppedError` before a call that the budget does not allow."""

    model: Model
    model_id: str

    async def ask(self, prompt: Prompt, *, claim: Claim | None = None) -> ModelReply:
        """Return an answer or a refusal, as the model does."""
        most = self._units(most_tokens(prompt))
        async with paying(most) as payment:
            reply = await self.model.ask(prompt, claim=claim)
            payment.used(self._units({kind: getattr(reply, kind) for kind in TOKENS}))
            return reply

    def _units(self, tokens: dict[str, int]) -> dict[str, int]:
        return {f"bedrock.{kind}.{self.model_id}": number for kind, number in tokens.items()}


def most_tokens(prompt: Prompt) -> dict[str, int]:
    """Return the most tokens that a call is charged for: none of the system text may be cached yet."""
    return {
        "cache_write_tokens": -(-len(prompt.system) // MIN_CHARS_PER_TOKEN),
        "input_tokens": -(-(len(prompt.schema) + len(prompt.text)) // MIN_CHARS_PER_TOKEN),
        "output_tokens": prompt.max_tokens,
    }
