"""Which fault each call meets, drawn from a seed.

The n-th call of an operation has its own random generator, so the same seed gives it the same fault however
the calls of all processes interleave.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.chaos.calls import Call

MAX_SLOW_S = 2.0


class Fault(StrEnum):
    """A way in which a call goes wrong."""

    THROTTLED = "throttled"
    BROKEN = "answered 500"
    UNAVAILABLE = "answered 503"
    SLOW = "slow"
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after the server acted"


@dataclass(frozen=True)
class Odds:
    """Probabilities: per message where a field is about messages, otherwise per call."""

    fault: float = 0.0
    stubborn: float = 0.0
    """That every retry of the SDK meets the same fault."""
    duplicated: float = 0.0
    held_back: float = 0.0
    delete_lost: float = 0.0
    receipt_stale: float = 0.0
    entry_fails: float = 0.0
    """That an entry fails in a batch that fails in part."""
    batch_fails: float = 0.0
    """That a batch fails in part."""


CALM = Odds()
STORM = Odds(
    fault=0.1,
    stubborn=0.05,
    duplicated=0.3,
    held_back=0.2,
    delete_lost=0.1,
    receipt_stale=0.03,
    entry_fails=0.4,
    batch_fails=0.1,
)


@dataclass(frozen=True)
class CallPlan:
    """What happens to one SDK call and all its attempts; `rng` decides the details."""

    fault: Fault | None
    stubborn: bool
    slow_s: float
    rng: Random

    def fault_of(self, attempt: int) -> Fault | None:
        """The fault that an attempt meets, counted from 0: most retries succeed."""
        return self.fault if attempt == 0 or self.stubborn else None


class FaultPlan:
    """Plans the fault of each call; `odds` may change while calls arrive."""

    def __init__(self, seed: int, odds: Odds) -> None:
        self.odds = odds
        self.calls: Counter[str] = Counter()
        self._seed = seed
        self._planned: dict[str, tuple[CallPlan, int]] = {}

    def of(self, call: Call) -> tuple[CallPlan, Fault | None]:
        """The plan of a call, and the fault of this attempt."""
        plan, attempt = self._planned.get(call.invocation, (None, 0))
        if plan is None:
            plan = self._plan_call(call)
        if call.invocation:
            self._planned[call.invocation] = (plan, attempt + 1)
        return plan, plan.fault_of(attempt)

    def _plan_call(self, call: Call) -> CallPlan:
        self.calls[call.name] += 1
        rng = Random(f"{self._seed} {call.name} {self.calls[call.name]}")  # noqa: S311 - reproducible test data
        faulted = rng.random() < self.odds.fault
        fault = rng.choice(list(Fault))
        can_persist = fault not in {Fault.SLOW, Fault.CUT_AFTER}
        stubborn = rng.random() < self.odds.stubborn and can_persist
        return CallPlan(fault if faulted else None, stubborn, rng.uniform(0.2, MAX_SLOW_S), rng)
