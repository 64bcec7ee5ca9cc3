"""Makes the checks, one after the other, and removes what they have made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from understudy.conform.case import described
from understudy.conform.check import Difference, Need, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from understudy.conform.check import Check
    from understudy.conform.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of all checks, and what could not be removed afterwards."""

    results: Sequence[Result]
    left_behind: Sequence[str]

    def count(self, outcome: Outcome) -> int:
        """Return how many checks had an outcome."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def conforms(self) -> bool:
        """Whether nothing was different, and nothing is left."""
        return self.count(Outcome.DIFFERENT) == 0 and not self.left_behind


def run_checks(
    checks: Iterable[Check], world: World, *, paid: bool, told: Callable[[Result], None] = lambda _: None
) -> Report:
    """Make the checks that can be made, and tell of each; those that cost money only if `paid`.

    Whatever ends it early, such as an endpoint that goes away, is raised once all has been removed that could
    be; what is left is in the notes of the error.
    """
    results: list[Result] = []
    try:
        for check in checks:
            results.append(_result(check, world, paid=paid))
            told(results[-1])
    except BaseException as error:
        for each in world.clean_up():
            error.add_note(f"left behind: {each}")
        raise
    return Report(results=results, left_behind=world.clean_up())


def _result(check: Check, world: World, *, paid: bool) -> Result:
    if check.cost_usd and not paid:
        return Result(check=check, outcome=Outcome.SKIPPED, reason="costs money: --paid")
    if Need.STORAGE in check.needs and not (world.target.bucket and world.target.role_arn):
        return Result(check=check, outcome=Outcome.SKIPPED, reason=f"needs {Need.STORAGE}")
    started = world.clock()
    differences = _differences(check, world)
    return Result(
        check=check,
        outcome=Outcome.DIFFERENT if differences else Outcome.SAME,
        differences=differences,
        duration_s=world.clock() - started,
    )


def _differences(check: Check, world: World) -> Sequence[Difference]:
    """Return what is different; a call on the way that fails, or a state that is not reached, is so too."""
    try:
        return check.run(world)
    except ClientError as error:
        code, message, status = described(error)
        call = f"{error.operation_name} ({status}) {code}: {message}"
        return [Difference("a call on the way", "an answer", call)]
    except (RuntimeError, KeyError, ValueError) as error:
        return [Difference("on the way", "to get further", f"{type(error).__name__}: {error}")]
