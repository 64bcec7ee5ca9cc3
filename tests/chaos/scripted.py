"""Chaos by script instead of by dice, for the tests of the proxy itself."""

from random import Random

from tests.chaos.calls import Call
from tests.chaos.fates import CALM, Fate, Fates, Fault, Odds


class Scripted(Fates):
    """Deals the same fault to every call of the named operations, and none to others."""

    def __init__(
        self,
        fault: Fault | None = None,
        *,
        on: str = "",
        stubborn: bool = False,
        slow_s: float = 0.0,
        odds: Odds = CALM,
    ) -> None:
        super().__init__(0, odds)
        self._script = Fate(fault, stubborn, slow_s, Random(1))  # noqa: S311 - a test's dice
        self._quiet = Fate(None, stubborn=False, slow_s=0.0, rng=self._script.rng)
        self._on = on

    def _deal(self, call: Call) -> Fate:
        self.calls[call.name] += 1
        return self._script if call.operation == self._on else self._quiet
