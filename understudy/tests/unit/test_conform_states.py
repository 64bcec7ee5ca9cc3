from collections.abc import Mapping
from typing import Any

import pytest

from understudy.conform.suites.shop import CREATION, FAILED_CREATION, follow
from understudy.conform.world import Target, World


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.now_s += seconds


def world(clock: Clock) -> World:
    """Return a world that looks every second, for ten."""
    target = Target(region="us-east-1", account_id="000000000000", poll_s=1, timeout_s=10)
    return World(target, sleep=clock.sleep, clock=clock)


def followed(*states: str, reason: str = "") -> tuple[list[str], list[str]]:
    """Return the states in which a resource was seen, and what is different from a creation."""
    left = list(states)

    def describe() -> Mapping[str, Any]:
        state = left.pop(0) if len(left) > 1 else left[0]
        return {"status": state, "failureReason": reason}

    seen = follow(world(Clock()), describe, "status")
    return list(seen.states), [each.found for each in seen.differences(CREATION)]


@pytest.mark.parametrize(
    "states",
    [
        ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"),
        ("CREATE PENDING", "CREATE PENDING", "CREATE PENDING", "ACTIVE"),
        ("CREATE IN_PROGRESS", "ACTIVE"),
        ("ACTIVE",),
    ],
)
def test_a_creation_may_be_seen_in_any_of_its_states(states: tuple[str, ...]) -> None:
    """Whoever looks now and then misses some, and sees others twice."""
    assert followed(*states)[1] == []


@pytest.mark.parametrize(
    "states",
    [
        ("CREATE IN_PROGRESS", "CREATE PENDING", "ACTIVE"),
        ("CREATE PENDING", "HAPPY", "ACTIVE"),
        ("CREATE PENDING", "CREATE FAILED"),
    ],
)
def test_other_states_and_orders_are_differences(states: tuple[str, ...]) -> None:
    """The report shows the way that it took."""
    assert followed(*states)[1] == [" > ".join(states)]


def test_a_failure_is_told_with_its_reason() -> None:
    """In the words of the service."""
    [found] = followed("CREATE PENDING", "CREATE FAILED", reason="Too little data.")[1]
    assert found == "CREATE PENDING > CREATE FAILED Too little data."


def test_a_state_that_does_not_change_is_left_in_the_end() -> None:
    """The suite goes on; that the resource is not ready is a difference."""
    states, differences = followed("CREATE PENDING")
    assert states == ["CREATE PENDING"]
    assert differences == ["CREATE PENDING"]


def test_one_of_several_ways_is_enough() -> None:
    """AWS's sources name states differently."""
    clock = Clock()
    seen = follow(world(clock), lambda: {"status": "CREATE FAILED"}, "status")
    assert seen.differences(CREATION, FAILED_CREATION) == []
    assert clock.now_s == 0, "a final state is not waited for"


def test_the_reason_of_a_failure_is_shown() -> None:
    """In the service's words."""
    seen = follow(world(Clock()), lambda: {"status": "CREATE FAILED", "failureReason": "why"}, "status")
    assert seen.reason == "why"
