"""Asks the model each question once: in a part, in a run, in later runs and however often work is repeated.

An answer is kept as soon as it arrives. Shortly before a call's turn, which may take hours to come, its
questions are locked, so that of two workers with the same one, one asks and the other finds the answer.
If no answer comes, the worker that locked them is dead, and its message needs a place among those handled.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.copy.question import joined
from fondly.mailer.ports import Model, ModelReply
from fondly.mailer.use_cases.joint_calls import calls, shared_out
from fondly.runtime.batches import batches
from fondly.runtime.gather import Gather
from fondly.runtime.kept_answers import Answer, KeptAnswers
from fondly.runtime.parallel import for_each
from fondly.runtime.quota.turns import Lock, WithdrawnError
from fondly.runtime.retry import PostponedError

KEYS_PER_CALL = 100
PATIENCE_S, LOOKS = 0.5, 60
"""How long to wait before looking again for an answer that another worker is asking for, and how often:
longer than a call takes. Then the message is sent anew, behind that of a worker that has died."""
_REPLY = TypeAdapter(ModelReply)


@dataclass(frozen=True)
class PaidReply:
    """A reply, which piece of work paid for it, and whose it is."""

    reply: ModelReply
    payer: str
    model_id: str


@dataclass
class _Work:
    """For whom questions are asked."""

    payer: str
    is_left: bool = False
    """True once nobody waits for the answers: no further call is made for them."""


class KeptReplies:
    """One model's kept answers; nobody can be asked, so nothing can be paid."""

    def __init__(self, *, model_id: str, kept: KeptAnswers) -> None:
        self.model_id = model_id
        self._kept = kept

    async def find(self, keys: Iterable[str]) -> dict[str, PaidReply]:
        """Return the replies that are kept, by the prompts' keys."""
        wanted = list(dict.fromkeys(keys))
        found = await asyncio.gather(*(self._kept.find(some) for some in batches(wanted, KEYS_PER_CALL)))
        return {key: self._paid_reply(answer) for each in found for key, answer in each.items()}

    async def run(self, prompts: Iterable[Prompt], *, payer: str) -> dict[str, PaidReply]:
        """Return the replies that are kept to prompts, by key."""
        del payer
        return await self.find(prompt.key(self.model_id) for prompt in prompts)

    def alone(self, model_id: str) -> "KeptReplies":
        """Return a model's kept answers, without anybody who could be asked for others."""
        return KeptReplies(model_id=model_id, kept=self._kept)

    def _paid_reply(self, answer: Answer) -> PaidReply:
        """Read a kept answer."""
        return PaidReply(_REPLY.validate_json(answer.result), answer.payer, self.model_id)


class AskOnce(KeptReplies):
    """One model and its kept answers; `parallel` calls at a time: a crash costs no more than these."""

    def __init__(self, *, model: Model, model_id: str, kept: KeptAnswers, parallel: int) -> None:
        super().__init__(model_id=model_id, kept=kept)
        self._model = model
        self._parallel = parallel
        self._turns = asyncio.Semaphore(parallel)
        self._find = Gather(kept.find, limit=KEYS_PER_CALL)
        self._lock = Gather(self._lock_all, limit=KEYS_PER_CALL)
        self._keep = Gather(self._keep_all)
        self._asking: dict[str, asyncio.Event] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def run(self, prompts: Iterable[Prompt], *, payer: str) -> dict[str, PaidReply]:
        """Return the reply to each prompt by its key; ask, and pay, only for those that nobody has asked.

        Raises what the model raises: errors that concern more than one prompt; `PostponedError` if another
        worker's answer does not come. Calls that wait for their turn are not made then; those under way are,
        and what they answer is kept.
        """
        wanted = {prompt.key(self.model_id): prompt for prompt in prompts}
        replies, work = await self.find(wanted), _Work(payer)

        async def ask(group: Mapping[str, Prompt]) -> None:
            call = asyncio.create_task(self._answer(group, replies, work))
            self._calls.add(call)
            call.add_done_callback(self._ended)
            try:
                await asyncio.shield(call)
            except Exception:
                work.is_left = True
                raise

        unanswered = {key: prompt for key, prompt in wanted.items() if key not in replies}
        try:
            await for_each(calls(unanswered), ask, parallel=self._parallel)
        finally:
            work.is_left = True
        return replies

    def _ended(self, call: asyncio.Task[None]) -> None:
        """Let go of a call; if nobody waits for it any more, nobody needs its error."""
        self._calls.discard(call)
        if not call.cancelled():
            call.exception()

    async def _answer(self, group: Mapping[str, Prompt], replies: dict[str, PaidReply], work: _Work) -> None:
        """Fill `replies` for prompts that fit into one call: ask, or wait for whoever else is asking."""
        missing = dict(group)
        while missing:
            others = [self._asking[key] for key in missing if key in self._asking]
            mine = {key: prompt for key, prompt in missing.items() if key not in self._asking}
            if mine:
                replies.update(await self._asked(mine, work))
            for each in others:
                await each.wait()
            missing = {key: prompt for key, prompt in missing.items() if key not in replies}
            if missing:
                replies.update(await self._look(missing, times=1 if others else LOOKS))
                missing = {key: prompt for key, prompt in missing.items() if key not in replies}
            if missing and not others:
                raise PostponedError(f"another worker has not answered {len(missing)} questions")

    async def _look(self, keys: Iterable[str], *, times: int) -> dict[str, PaidReply]:
        """Look for answers until all are there, or as many times."""
        found: dict[str, PaidReply] = {}
        for look in range(times):
            if look:
                await asyncio.sleep(PATIENCE_S)
            missing = [key for key in keys if key not in found]
            looked = await asyncio.gather(*(self._find.add(key) for key in missing))
            found |= {
                key: self._paid_reply(answers[key])
                for key, answers in zip(missing, looked, strict=True)
                if key in answers
            }
            if len(found) == len(list(keys)):
                break
        return found

    async def _asked(self, prompts: Mapping[str, Prompt], work: _Work) -> dict[str, PaidReply]:
        """Ask all of these that no other worker is asking."""
        done = asyncio.Event()
        self._asking |= dict.fromkeys(prompts, done)
        try:
            async with self._turns:
                return await self._ask(prompts, work)
        finally:
            for key in prompts:
                del self._asking[key]
            done.set()

    async def _ask(self, prompts: Mapping[str, Prompt], work: _Work) -> dict[str, PaidReply]:
        locked: set[str] = set()

        async def lock() -> bool:
            if work.is_left:
                return False
            locks = await asyncio.gather(*(self._lock.add((key, work.payer)) for key in prompts))
            locked.clear()
            locked.update(key for key, won in zip(prompts, locks, strict=True) if (key, work.payer) in won)
            return len(locked) == len(prompts)

        try:
            replies = await self._converse(list(prompts.values()), lock)
        except WithdrawnError:
            if work.is_left:
                raise
            own = {key: prompt for key, prompt in prompts.items() if key in locked}
            return await self._ask(own, work) if own else {}
        kept = dict(zip(prompts, replies, strict=True))
        await asyncio.gather(
            *(
                self._keep.add((key, work.payer, _REPLY.dump_json(reply).decode()))
                for key, reply in kept.items()
            )
        )
        return {key: PaidReply(reply, work.payer, self.model_id) for key, reply in kept.items()}

    async def _converse(self, prompts: Sequence[Prompt], lock: Lock) -> list[ModelReply]:
        """Ask prompts by one call, and return the reply to each."""
        reply = await self._model.ask(joined(prompts), lock=lock)
        return shared_out(reply, prompts[0].task, len(prompts))

    async def _lock_all(self, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Lock keys for their payers; a key that two of them want at once is for the first."""
        locked: set[tuple[str, str]] = set()
        by_payer: dict[str, list[str]] = {}
        for key, payer in dict(reversed(wanted)).items():
            by_payer.setdefault(payer, []).append(key)
        for payer, keys in by_payer.items():
            locked |= {(key, payer) for key in await self._kept.lock(keys, payer=payer)}
        return locked

    async def _keep_all(self, answers: Sequence[tuple[str, str, str]]) -> None:
        by_payer: dict[str, dict[str, str]] = {}
        for key, payer, answer in answers:
            by_payer.setdefault(payer, {})[key] = answer
        for payer, results in by_payer.items():
            await self._kept.keep(results, payer=payer)
