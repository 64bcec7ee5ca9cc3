"""Asks only what the run's budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from encore.runtime.runs.budget import paying
from encore.sentiment.domain.texts import Text
from encore.sentiment.ports import Ask, Asks, Keep


@dataclass(frozen=True)
class AsksWithinBudget:
    """Asks what `asks` asks; raises `RunStoppedError` before a call that the budget does not allow."""

    asks: Asks

    async def sentiments(self, texts: Sequence[Text], keep: Keep) -> None:
        """Ask for the sentiment of texts."""
        await _pay(self.asks.sentiments, texts, keep)

    async def languages(self, texts: Sequence[Text], keep: Keep) -> None:
        """Ask for the language of texts."""
        await _pay(self.asks.languages, texts, keep)

    async def aspects(self, texts: Sequence[Text], keep: Keep) -> None:
        """Ask for the aspects of texts."""
        await _pay(self.asks.aspects, texts, keep)


async def _pay(ask: Ask, texts: Sequence[Text], keep: Keep) -> None:
    units = {"comprehend.units": sum(text.units for text in texts)}
    async with paying(units) as payment:
        await ask(texts, keep)
        payment.used(units)
