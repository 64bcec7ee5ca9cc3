"""Faults by script instead of at random, for the tests of the proxy itself."""

from random import Random

from tests.chaos.calls import Call
from tests.chaos.faults import CALM, CallPlan, Fault, FaultPlan, Odds


class ScriptedPlan(FaultPlan):
    """Gives every call of one operation the same fault, and all others none."""

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
        self._script = CallPlan(fault, stubborn, slow_s, Random(1))  # noqa: S311 - reproducible test data
        self._no_fault = CallPlan(None, stubborn=False, slow_s=0.0, rng=self._script.rng)
        self._on = on

    def _plan_call(self, call: Call) -> CallPlan:
        self.calls[call.name] += 1
        return self._script if call.operation == self._on else self._no_fault
