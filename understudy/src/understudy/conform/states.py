"""Follows resources and jobs through their states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from understudy.conform.check import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.conform.world import World

CREATION = ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
FAILED_CREATION = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE FAILED")
ENDS = frozenset({"ACTIVE", "CREATE FAILED", "CREATE STOPPED", "COMPLETED", "FAILED"})
"""The states that do not change by themselves."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The last description of a resource or job, and the states in which it was seen."""

    description: Mapping[str, Any]
    states: Sequence[str]

    def differences(self, *paths: Sequence[str]) -> list[Difference]:
        """Return a difference unless the states are those of one of the paths, in its order.

        A state that was passed between two looks may be missing, the last may not.
        """
        if any(self.states[-1] == path[-1] and _in_order(self.states, path) for path in paths):
            return []
        expected = " or ".join(" > ".join(path) for path in paths)
        return [Difference("states", expected, f"{' > '.join(self.states)} {self.reason}".strip())]

    @property
    def reason(self) -> str:
        """Why it failed, in the words of the service."""
        return str(self.description.get("failureReason", ""))


def follow(world: World, describe: Callable[[], Mapping[str, Any]], state: str) -> Followed:
    """Look at a resource until its state, the member `state`, is final or the time is up."""
    deadline = world.clock() + world.target.timeout_s
    states: list[str] = []
    while True:
        description = describe()
        if not states or states[-1] != description[state]:
            states.append(str(description[state]))
        if states[-1] in ENDS or world.clock() > deadline:
            return Followed(description, states)
        world.sleep(world.target.poll_s)


def _in_order(states: Sequence[str], path: Sequence[str]) -> bool:
    left = iter(path)
    return all(state in left for state in states)
