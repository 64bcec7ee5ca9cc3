"""Asks the model each question once: in a part, in a run, in later runs and however often work is repeated.

An answer is kept as soon as it arrives. Before a call its question is claimed, so that of two workers with
the same one, one asks and the other finds the answer.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from encore.mailer.domain.copy.prompt import Prompt
from encore.mailer.ports import Model, ModelMessage, ModelReply
from encore.runtime.kept_answers import Answer, KeptAnswers

PATIENCE_S = 0.5
"""How long to wait before looking again for an answer that another worker is asking for."""
_REPLY = TypeAdapter(ModelReply)


@dataclass(frozen=True)
class PaidReply:
    """A reply, and which piece of work paid for it."""

    reply: ModelReply
    payer: str


@dataclass(frozen=True, kw_only=True)
class AskOnce:
    """One model, and the answers that have been paid for."""

    model: Model
    model_id: str
    kept: KeptAnswers

    async def find(self, prompts: Sequence[Prompt]) -> dict[str, PaidReply]:
        """Return the kept replies to prompts, by their keys."""
        found = await self.kept.find([prompt.key(self.model_id) for prompt in prompts])
        return {key: paid_reply(answer) for key, answer in found.items()}

    async def run(self, prompt: Prompt, *, payer: str) -> PaidReply:
        """Return the reply to a prompt; ask, and pay, only if nobody has.

        Raises what the model raises: errors that concern more than this prompt.
        """
        key = prompt.key(self.model_id)
        while True:
            if answer := (await self.kept.find([key])).get(key):
                return paid_reply(answer)
            if await self.kept.claim([key], payer=payer):
                return await self._ask(prompt, key, payer)
            await asyncio.sleep(PATIENCE_S)

    async def _ask(self, prompt: Prompt, key: str, payer: str) -> PaidReply:
        messages = [ModelMessage("user", prompt.text)]
        reply = await self.model.converse(
            prompt.system, messages, schema=prompt.schema, max_tokens=prompt.max_tokens
        )
        await self.kept.keep({key: kept_form(reply)}, payer=payer)
        return PaidReply(reply, payer)


def kept_form(reply: ModelReply) -> str:
    """Return a reply as it is kept."""
    return _REPLY.dump_json(reply).decode()


def paid_reply(answer: Answer) -> PaidReply:
    """Read a kept answer."""
    return PaidReply(_REPLY.validate_json(answer.result), answer.payer)
