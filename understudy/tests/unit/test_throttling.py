"""Request rates, on a clock of their own."""

from dataclasses import dataclass

import pytest

from understudy.disturbance import with_rate_limit
from understudy.wire.service import Handler, Params, ServiceError


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock of a test."""
    return Clock()


async def _answer(_params: Params) -> Params:
    return {"done": True}


async def outcome(handler: Handler) -> tuple[str, str]:
    """Return the code and the text of a call's error, empty if it was answered."""
    try:
        await handler({})
    except ServiceError as error:
        return error.code, error.message
    return "", ""


async def test_a_call_beyond_the_rate_is_throttled(clock: Clock) -> None:
    """With AWS's words."""
    limited = with_rate_limit({"DetectSentiment": _answer}, calls_per_s=1, clock=clock)["DetectSentiment"]
    refused = ("ThrottlingException", "Rate exceeded")
    assert [await outcome(limited) for _ in range(3)] == [("", ""), refused, refused]


async def test_operations_have_a_rate_each(clock: Clock) -> None:
    """A busy operation does not throttle another."""
    limited = with_rate_limit(
        {"DetectSentiment": _answer, "BatchDetectSentiment": _answer}, calls_per_s=1, clock=clock
    )
    outcomes = [await outcome(limited[name]) for name in ("DetectSentiment", "BatchDetectSentiment")]
    assert outcomes == [("", "")] * 2
