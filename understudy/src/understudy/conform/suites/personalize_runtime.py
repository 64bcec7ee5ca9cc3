"""What Personalize Runtime refuses; what it answers takes a campaign, which the whole journey makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.suites.cases import BAD_VALUE, Cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.case import Asked
    from understudy.conform.check import Check

_CASES = Cases("personalize-runtime")


def personalize_runtime_checks() -> Iterator[Check]:
    """Yield the checks of GetRecommendations."""
    yield _CASES.refused(
        "GetRecommendations knows no campaign that there is not",
        "GetRecommendations",
        _asked(),
        "ResourceNotFoundException",
        status=404,
    )
    yield _CASES.refused(
        "recommendations are from a campaign", "GetRecommendations", {"userId": "u1"}, "InvalidInputException"
    )
    table: dict[str, dict[str, Any]] = {
        "fewer results than none": {"numResults": -1},
        "a user id of 257 characters": {"userId": "x" * 257},
        "more than 25 filter values": {"filterValues": {f"V{number}": '"x"' for number in range(26)}},
        "a filter value with a hyphen in its name": {"filterValues": {"a-b": '"x"'}},
    }
    for what, changes in table.items():
        yield _CASES.refused(
            f"GetRecommendations refuses {what}",
            "GetRecommendations",
            _asked(**changes),
            "ValidationException|InvalidInputException",
            BAD_VALUE,
        )


def _asked(**changes: Any) -> Asked:  # noqa: ANN401 - any parameter
    return lambda world: {"campaignArn": world.arn("campaign/none"), "userId": "u1", **changes}
