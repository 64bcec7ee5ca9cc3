"""What Personalize answers and refuses while a shop is open: events and recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases
from understudy.conform.suites.shop import SERVICE, dataset, tracker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.case import Asked
    from understudy.conform.check import Check
    from understudy.conform.world import World

_CASES = Cases("personalize-events")
_INVALID = "InvalidInputException"
_BAD = "ValidationException|InvalidInputException"
_SENT_AT = 1_700_000_000
_MOST_EVENTS = 10
_COST_USD = 0.0001
"""Far more than a record costs: data is charged by the gigabyte."""


def personalize_event_checks() -> Iterator[Check]:
    """Yield the checks of PutEvents."""
    yield _CASES.answered("an event is taken", "PutEvents", _tracked([_event()]), cost_usd=_COST_USD)
    yield _CASES.refused(
        "PutEvents knows no tracker that there is not",
        "PutEvents",
        {"trackingId": "none", "sessionId": "s1", "eventList": [_event()]},
        _INVALID,
        origin=Origin.DOCUMENTED,
    )
    yield _CASES.refused(
        "properties of an event are JSON",
        "PutEvents",
        _tracked([_event(properties="{")]),
        _INVALID,
        "Error parsing properties json",
        origin=Origin.QUOTED,
    )
    table: dict[str, list[Mapping[str, Any]]] = {
        "no events": [],
        "more than ten events": [_event()] * (_MOST_EVENTS + 1),
        "an item id of 257 characters": [_event(itemId="x" * 257)],
        "an empty type": [_event(eventType="")],
        "an event without a time": [{"eventType": "view", "itemId": "i1"}],
    }
    for what, events in table.items():
        yield _CASES.refused(f"PutEvents refuses {what}", "PutEvents", _tracked(events), _BAD, BAD_VALUE)


def _event(**changes: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any member
    return {"eventType": "view", "itemId": "i1", "sentAt": _SENT_AT, **changes}


def _tracked(events: list[Mapping[str, Any]]) -> Asked:
    return lambda world: {
        "trackingId": _tracking_id(world),
        "userId": "u1",
        "sessionId": "s1",
        "eventList": events,
    }


def _tracking_id(world: World) -> str:
    """Return the id of the tracker, once its group has a dataset for the events."""

    def described(world: World) -> str:
        dataset(world)
        found = world.call(SERVICE, "DescribeEventTracker", {"eventTrackerArn": tracker(world)})
        return str(found["eventTracker"]["trackingId"])

    return world.once("tracking id", described)


_RUNTIME = Cases("personalize-runtime")


def personalize_runtime_checks() -> Iterator[Check]:
    """Yield the checks of GetRecommendations."""
    yield _RUNTIME.refused(
        "GetRecommendations knows no campaign that there is not",
        "GetRecommendations",
        _asked(),
        "ResourceNotFoundException",
        status=404,
    )
    yield _RUNTIME.refused(
        "recommendations are from a campaign", "GetRecommendations", {"userId": "u1"}, "InvalidInputException"
    )
    table: dict[str, dict[str, Any]] = {
        "fewer results than none": {"numResults": -1},
        "a user id of 257 characters": {"userId": "x" * 257},
        "more than 25 filter values": {"filterValues": {f"V{number}": '"x"' for number in range(26)}},
        "a filter value with a hyphen in its name": {"filterValues": {"a-b": '"x"'}},
    }
    for what, changes in table.items():
        yield _RUNTIME.refused(
            f"GetRecommendations refuses {what}",
            "GetRecommendations",
            _asked(**changes),
            "ValidationException|InvalidInputException",
            BAD_VALUE,
        )


def _asked(**changes: Any) -> Asked:  # noqa: ANN401 - any parameter
    return lambda world: {"campaignArn": world.arn("campaign/none"), "userId": "u1", **changes}
