"""Asks the model each question once: in a part, in a run, in later runs and however often work is repeated.

An answer is kept as soon as it arrives. Shortly before a call's turn, which may take hours to come, its
question is claimed, so that of two workers with the same one, one asks and the other finds the answer.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from encore.mailer.domain.copy.prompt import Prompt
from encore.mailer.ports import Model, ModelMessage, ModelReply
from encore.runtime.gather import Gather
from encore.runtime.kept_answers import Answer, KeptAnswers
from encore.runtime.quota.turns import WithdrawnError

KEYS_PER_CALL = 100
PATIENCE_S, LOOKS = 0.5, 60
"""How long to wait before looking again for an answer that another worker is asking for, and how often."""
_REPLY = TypeAdapter(ModelReply)


@dataclass(frozen=True)
class PaidReply:
    """A reply, and which piece of work paid for it."""

    reply: ModelReply
    payer: str


class AskOnce:
    """One model, and the answers that have been paid for, which are looked up and kept in batches."""

    def __init__(self, *, model: Model, model_id: str, kept: KeptAnswers) -> None:
        self.model_id = model_id
        self._model = model
        self._kept = kept
        self._find = Gather(kept.find, limit=KEYS_PER_CALL)
        self._claim = Gather(self._claim_all, limit=KEYS_PER_CALL)
        self._keep = Gather(self._keep_all)
        self._asking: dict[str, asyncio.Event] = {}

    async def run(
        self, prompt: Prompt, *, payer: str, is_wanted: Callable[[], bool] = lambda: True
    ) -> PaidReply:
        """Return the reply to a prompt; ask, and pay, only if nobody has.

        Raises what the model raises: errors that concern more than this prompt; and `WithdrawnError` if the
        reply is no longer wanted when the call's turn has come.
        """
        key = prompt.key(self.model_id)
        looks = 1
        while True:
            if answer := await self._look(key, times=looks):
                return paid_reply(answer)
            if asking := self._asking.get(key):
                await asking.wait()
                continue
            self._asking[key] = done = asyncio.Event()
            try:
                return await self._ask(prompt, key, payer, is_wanted)
            except WithdrawnError:
                if not is_wanted():
                    raise
                looks = LOOKS
            finally:
                del self._asking[key]
                done.set()

    async def _look(self, key: str, *, times: int) -> Answer | None:
        for look in range(times):
            if look:
                await asyncio.sleep(PATIENCE_S)
            if answer := (await self._find.add(key)).get(key):
                return answer
        return None

    async def _ask(self, prompt: Prompt, key: str, payer: str, is_wanted: Callable[[], bool]) -> PaidReply:
        async def claim() -> bool:
            return is_wanted() and (key, payer) in await self._claim.add((key, payer))

        reply = await self._model.converse(
            prompt.system,
            [ModelMessage("user", prompt.text)],
            schema=prompt.schema,
            max_tokens=prompt.max_tokens,
            claim=claim,
        )
        await self._keep.add((key, payer, kept_form(reply)))
        return PaidReply(reply, payer)

    async def _claim_all(self, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Claim keys for their payers; a key that two of them want at once is for the first."""
        claimed: set[tuple[str, str]] = set()
        by_payer: dict[str, list[str]] = {}
        for key, payer in dict(reversed(wanted)).items():
            by_payer.setdefault(payer, []).append(key)
        for payer, keys in by_payer.items():
            claimed |= {(key, payer) for key in await self._kept.claim(keys, payer=payer)}
        return claimed

    async def _keep_all(self, answers: Sequence[tuple[str, str, str]]) -> None:
        by_payer: dict[str, dict[str, str]] = {}
        for key, payer, answer in answers:
            by_payer.setdefault(payer, {})[key] = answer
        for payer, results in by_payer.items():
            await self._kept.keep(results, payer=payer)


def kept_form(reply: ModelReply) -> str:
    """Return a reply as it is kept."""
    return _REPLY.dump_json(reply).decode()


def paid_reply(answer: Answer) -> PaidReply:
    """Read a kept answer."""
    return PaidReply(_REPLY.validate_json(answer.result), answer.payer)
