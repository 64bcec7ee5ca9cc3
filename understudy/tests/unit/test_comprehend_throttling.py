"""Request rates of Comprehend, on a clock of their own."""

from dataclasses import dataclass

import pytest

from understudy.comprehend.throttling import with_rate_limit
from understudy.wire.errors import ServiceError
from understudy.wire.service import Handler, Params


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


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("DetectSentiment", "ThrottlingException"),
        ("BatchDetectTargetedSentiment", "ThrottlingException"),
        ("BatchDetectDominantLanguage", "ThrottlingException"),
        ("StopSentimentDetectionJob", "ThrottlingException"),
        ("StartSentimentDetectionJob", "TooManyRequestsException"),
        ("DescribeTargetedSentimentDetectionJob", "TooManyRequestsException"),
        ("ListSentimentDetectionJobs", "TooManyRequestsException"),
    ],
)
async def test_a_throttled_call_has_the_code_of_its_operation(
    clock: Clock, operation: str, code: str
) -> None:
    """Only Start, Describe and List declare TooManyRequestsException."""
    limited = with_rate_limit({operation: _answer}, calls_per_s=1, clock=clock)[operation]
    refused = (code, "Rate exceeded")
    assert [await outcome(limited) for _ in range(3)] == [("", ""), refused, refused]


async def test_operations_have_a_rate_each(clock: Clock) -> None:
    """A busy operation does not throttle another."""
    limited = with_rate_limit(
        {"DetectSentiment": _answer, "BatchDetectSentiment": _answer}, calls_per_s=1, clock=clock
    )
    outcomes = [await outcome(limited[name]) for name in ("DetectSentiment", "BatchDetectSentiment")]
    assert outcomes == [("", "")] * 2
