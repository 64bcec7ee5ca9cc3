"""Short ways to write checks that are one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.conform.case import Answered, Case, Refused
from understudy.conform.check import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.conform.case import Asked, Expectation, Params

BAD_VALUE = "failed to satisfy constraint: Member must"
"""What every violated constraint of a service model is reported with."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Makes the checks of one service."""

    service: str

    def refused(
        self,
        name: str,
        operation: str,
        asked: Asked,
        code: str,
        text: str = "",
        *,
        origin: Origin = Origin.MODEL,
        status: int = 400,
        cost_usd: float = 0.0,
    ) -> Case:
        """Return a check that a call is refused with this code and a message with this part."""
        return Case(
            name=name,
            service=self.service,
            operation=operation,
            asked=asked,
            expected=Refused(code, text, status),
            origin=origin,
            cost_usd=cost_usd,
        )

    def answered(
        self,
        name: str,
        operation: str,
        asked: Asked,
        expected: Expectation | None = None,
        *,
        origin: Origin = Origin.MODEL,
        cost_usd: float = 0.0,
    ) -> Case:
        """Return a check that a call is answered, in the shape of the service model at least."""
        return Case(
            name=name,
            service=self.service,
            operation=operation,
            asked=asked,
            expected=expected or Answered(),
            origin=origin,
            cost_usd=cost_usd,
        )


def unless(holds: bool, problem: object) -> str | None:  # noqa: FBT001 - the condition is the point
    """Return the problem as text unless the condition holds."""
    return None if holds else str(problem)


def found(expected: object, look: Callable[[Params], object]) -> Answered:
    """Return the expectation of an answer in which `look` finds this."""

    def wrong(answer: Params) -> str | None:
        return unless(look(answer) == expected, look(answer))

    return Answered(wrong)
