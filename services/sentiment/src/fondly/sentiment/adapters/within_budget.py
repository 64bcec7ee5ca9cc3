"""Asks only what the run's budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.runtime.runs.budget import paying
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Ask, Asks, Keep, Lock


@dataclass(frozen=True)
class AsksWithinBudget:
    """Asks what `asks` asks; raises `RunStoppedError` before a call that the budget does not allow."""

    asks: Asks

    async def sentiments(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask for the sentiment of texts."""
        await _pay(self.asks.sentiments, texts, lock, keep)

    async def languages(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask for the language of texts."""
        await _pay(self.asks.languages, texts, lock, keep)

    async def aspects(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Ask for the aspects of texts."""
        await _pay(self.asks.aspects, texts, lock, keep)


async def _pay(ask: Ask, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
    """Ask; only what has been locked when the call goes out is charged."""
    locked: Sequence[Text] = ()

    async def noted(wanted: Sequence[Text]) -> Sequence[Text]:
        nonlocal locked
        locked = await lock(wanted)
        return locked

    async with paying(_units(texts)) as payment:
        await ask(texts, noted, keep)
        payment.used(_units(locked))


def _units(texts: Sequence[Text]) -> dict[str, int]:
    return {"comprehend.units": sum(text.units for text in texts)}
