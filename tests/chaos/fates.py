"""What befalls each call, drawn from the seed.

The n-th call of an operation draws from a generator of its own, so that the same seed gives it the same fate
however the calls of all processes happen to interleave.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.chaos.calls import Call

MAX_SLOW_S = 2.0


class Fault(StrEnum):
    """How a call goes wrong."""

    THROTTLED = "throttled"
    BROKEN = "answered 500"
    UNAVAILABLE = "answered 503"
    SLOW = "slow"
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after the server acted"


@dataclass(frozen=True)
class Odds:
    """Probabilities. What is about messages holds for each message, the rest for each call."""

    fault: float = 0.0
    stubborn: float = 0.0
    """That a refused call is refused however often the SDK repeats it."""
    copied: float = 0.0
    held_back: float = 0.0
    delete_lost: float = 0.0
    receipt_stale: float = 0.0
    entry_fails: float = 0.0
    """That an entry of a batch fails by itself, in a batch that fails in part."""
    batch_fails: float = 0.0
    """That a batch fails in part."""


CALM = Odds()
STORM = Odds(
    fault=0.1,
    stubborn=0.05,
    copied=0.3,
    held_back=0.2,
    delete_lost=0.1,
    receipt_stale=0.03,
    entry_fails=0.4,
    batch_fails=0.1,
)


@dataclass(frozen=True)
class Fate:
    """What befalls one call of an SDK, in all its attempts; `rng` decides the details."""

    fault: Fault | None
    stubborn: bool
    slow_s: float
    rng: Random

    def at(self, attempt: int) -> Fault | None:
        """The fault of an attempt, the first being 0: the SDK's repetitions mostly get through."""
        return self.fault if attempt == 0 or self.stubborn else None


class Fates:
    """Deals fates out; `odds` may be changed while calls come in."""

    def __init__(self, seed: int, odds: Odds) -> None:
        self.odds = odds
        self.calls: Counter[str] = Counter()
        self._seed = seed
        self._dealt: dict[str, tuple[Fate, int]] = {}

    def of(self, call: Call) -> tuple[Fate, Fault | None]:
        """The fate of the call and what it means for this attempt."""
        fate, attempt = self._dealt.get(call.invocation, (None, 0))
        if fate is None:
            fate = self._deal(call)
        if call.invocation:
            self._dealt[call.invocation] = (fate, attempt + 1)
        return fate, fate.at(attempt)

    def _deal(self, call: Call) -> Fate:
        self.calls[call.name] += 1
        rng = Random(f"{self._seed} {call.name} {self.calls[call.name]}")  # noqa: S311 - a test's dice
        struck = rng.random() < self.odds.fault
        fault = rng.choice(list(Fault))
        repeatable = fault not in {Fault.SLOW, Fault.CUT_AFTER}
        stubborn = rng.random() < self.odds.stubborn and repeatable
        return Fate(fault if struck else None, stubborn, rng.uniform(0.2, MAX_SLOW_S), rng)
