"""Checks that take several calls: a function that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from understudy.conform.check import Difference, Need, Origin

if TYPE_CHECKING:
    from understudy.conform.case import Params, Refused
    from understudy.conform.world import World

Steps = Callable[["World"], Iterator[Difference]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A check that takes several calls; `steps` yields what is different on the way."""

    name: str
    service: str
    steps: Steps
    origin: Origin = Origin.MODEL
    cost_usd: float = 0.0
    needs: frozenset[Need] = frozenset()

    def run(self, world: World) -> Sequence[Difference]:
        """Make the calls."""
        return list(self.steps(world))


def same(what: str, expected: Value, found: Value) -> Iterator[Difference]:
    """Yield a difference unless both are equal."""
    if expected != found:
        yield Difference(what, repr(expected), repr(found))


def refusal(
    world: World, service: str, operation: str, asked: Params, expected: Refused
) -> Iterator[Difference]:
    """Yield what is different about a call that must be refused."""
    try:
        answer = world.call(service, operation, asked)
    except ClientError as error:
        yield from expected.of_error(error)
    else:
        yield from expected.of_answer(answer)
