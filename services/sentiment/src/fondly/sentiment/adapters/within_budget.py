"""Asks only what the run's budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.runtime.runs.budget import paying
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Ask, Asks, Claim, Keep


@dataclass(frozen=True)
class AsksWithinBudget:
    """Asks what `asks` asks; raises `RunStoppedError` before a call that the budget does not allow."""

    asks: Asks

    async def sentiments(self, texts: Sequence[Text], claim: Claim, keep: Keep) -> None:
        """Ask for the sentiment of texts."""
        await _pay(self.asks.sentiments, texts, claim, keep)

    async def languages(self, texts: Sequence[Text], claim: Claim, keep: Keep) -> None:
        """Ask for the language of texts."""
        await _pay(self.asks.languages, texts, claim, keep)

    async def aspects(self, texts: Sequence[Text], claim: Claim, keep: Keep) -> None:
        """Ask for the aspects of texts."""
        await _pay(self.asks.aspects, texts, claim, keep)


async def _pay(ask: Ask, texts: Sequence[Text], claim: Claim, keep: Keep) -> None:
    """Ask; only what has been claimed when the call goes out is charged."""
    claimed: Sequence[Text] = ()

    async def noted(wanted: Sequence[Text]) -> Sequence[Text]:
        nonlocal claimed
        claimed = await claim(wanted)
        return claimed

    async with paying(_units(texts)) as payment:
        await ask(texts, noted, keep)
        payment.used(_units(claimed))


def _units(texts: Sequence[Text]) -> dict[str, int]:
    return {"comprehend.units": sum(text.units for text in texts)}
