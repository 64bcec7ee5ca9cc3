"""Answers that were paid for, in memory."""

import asyncio
from collections.abc import Mapping, Sequence

from fondly.runtime.kept_answers import LOCK_S, Answer


class InMemoryKeptAnswers:
    """Answers in a dictionary; `now` is what the locks of the table believe the time to be."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.locks: dict[str, tuple[str, float]] = {}
        self.now = 0.0

    async def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return the answers that are kept."""
        await asyncio.sleep(0)
        return {key: self.answers[key] for key in keys if key in self.answers}

    async def lock(self, keys: Sequence[str], *, payer: str) -> set[str]:
        """Lock what has neither an answer nor another's lock; a transaction takes each key once."""
        assert len(set(keys)) == len(keys), (
            "Transaction request cannot include multiple operations on one item"
        )
        await asyncio.sleep(0)
        free = {key for key in keys if key not in self.answers and self._is_free(key, payer)}
        self.locks.update(dict.fromkeys(free, (payer, self.now + LOCK_S)))
        return free

    async def keep(self, results: Mapping[str, str], *, payer: str) -> None:
        """Keep answers."""
        self.answers.update({key: Answer(result, payer) for key, result in results.items()})

    def _is_free(self, key: str, payer: str) -> bool:
        holder, until = self.locks.get(key, (payer, 0.0))
        return holder == payer or until < self.now
