"""Asks about texts and pays for each once: in a run, in later runs and however often work is repeated.

An answer is kept as soon as it arrives. Shortly before a call's turn, which may take hours to come, its texts
are locked, so that of two workers with the same text one asks and the other finds the answer. A lock lapses
after a minute: a worker that has died in between delays others no longer than that.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fondly.runtime.batches import batches
from fondly.runtime.kept_answers import Answer, KeptAnswers
from fondly.runtime.parallel import for_each
from fondly.runtime.runs.budget import paying
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Ask

TEXTS_PER_CALL = 25
PATIENCE_S = 0.5
"""How long to wait before looking again for the answers that other workers are asking for."""


@dataclass(frozen=True, kw_only=True)
class PayOnce:
    """Finds answers that are kept, asks for the others, and keeps those."""

    kept: KeptAnswers
    parallel_calls: int

    async def run(self, texts: Iterable[Text], ask: Ask, bill: Bill) -> dict[str, str]:
        """Return an answer for every text, by its key, and add to the bill.

        Raises errors that are not a text's own, such as throttling, after the calls in flight have returned
        and their answers have been kept; `RunStoppedError` before a call that the budget does not allow.
        """
        distinct = {text.key: text for text in texts}
        answers = await self.kept.find(list(distinct))
        call = partial(self._call, ask=ask, payer=bill.payer, answers=answers)
        while missing := [text for key, text in distinct.items() if key not in answers]:
            await for_each(_calls(missing), call, parallel=self.parallel_calls)
            if elsewhere := [text.key for text in missing if text.key not in answers]:
                await asyncio.sleep(PATIENCE_S)
                answers.update(await self.kept.find(elsewhere))
        bill.add(distinct, answers)
        return {key: answer.result for key, answer in answers.items()}

    async def known(self, texts: Iterable[Text], bill: Bill) -> dict[str, str]:
        """Return the answers that are kept, by key; what this payer has paid before stays on the bill."""
        distinct = {text.key: text for text in texts}
        answers = await self.kept.find(list(distinct))
        bill.add({key: text for key, text in distinct.items() if key in answers}, answers)
        bill.units["dynamodb.reads"] += len(distinct) - len(answers)
        return {key: answer.result for key, answer in answers.items()}

    async def _call(self, texts: Sequence[Text], *, ask: Ask, payer: str, answers: dict[str, Answer]) -> None:
        """Ask within the run's budget; only what has been locked when the call goes out is charged."""
        locked: Sequence[Text] = ()

        async def lock(wanted: Sequence[Text]) -> Sequence[Text]:
            nonlocal locked
            won = await self.kept.lock([text.key for text in wanted], payer=payer)
            locked = [text for text in wanted if text.key in won]
            return locked

        async def keep(results: Mapping[str, str]) -> None:
            await self.kept.keep(results, payer=payer)
            answers.update({key: Answer(result, payer) for key, result in results.items()})

        async with paying(_units(texts)) as payment:
            await ask(texts, lock, keep)
            payment.used(_units(locked))


def _units(texts: Sequence[Text]) -> dict[str, int]:
    return {"comprehend.units": sum(text.units for text in texts)}


def _calls(texts: Sequence[Text]) -> Iterator[Sequence[Text]]:
    """Group texts into calls: of one language each, and no larger than Comprehend accepts."""
    by_language: dict[str, list[Text]] = {}
    for text in texts:
        by_language.setdefault(text.language, []).append(text)
    for same in by_language.values():
        yield from batches(same, TEXTS_PER_CALL)
