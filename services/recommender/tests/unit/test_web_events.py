"""`POST /events`: what customers do is recorded while they do it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.routing import Router

from encore.recommender.use_cases.know_tracker import KnowTracker
from encore.recommender.web.events import MOST_EVENTS, EventRoutes
from encore.recommender.web.gate import Gate
from encore.recommender.web.keys import Keys
from encore.recommender.web.limits import RateLimits
from encore.recommender.web.measures import Measures
from services.recommender.tests.world import World

EVENT = {
    "event_id": "e1",
    "customer_id": "C1",
    "product_id": "P1",
    "kind": "clicked",
    "timestamp": 1_764_000_000,
}


@pytest.fixture
def world() -> World:
    """The recommender in memory."""
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the application behind its gate."""
    gate = Gate(
        app=Router(EventRoutes(world.record_events).all()),
        keys=Keys(["secret"]),
        limits=RateLimits(per_s=100, caller_per_s=100),
        measures=Measures(),
        request_s=5,
    )
    headers = {"X-API-Key": "secret"}
    transport = httpx.ASGITransport(app=gate)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as caller:
        yield caller


async def test_events_are_recorded_and_told(world: World, client: httpx.AsyncClient) -> None:
    """A repeated request changes nothing."""
    body = {"events": [EVENT, {**EVENT, "event_id": "e2", "kind": "purchased", "value": "12.50"}]}
    first = await client.post("/events", json=body)
    assert (first.status_code, first.json()) == (202, {"events": 2, "new": 2, "told": 2})
    again = await client.post("/events", json=body)
    assert again.json()["new"] == 0
    assert world.sink.events == {"e1", "e2"}


async def test_without_a_key_nothing_is_recorded(world: World, client: httpx.AsyncClient) -> None:
    """Events come from the shop alone."""
    answer = await client.post("/events", json={"events": [EVENT]}, headers={"X-API-Key": "guess"})
    assert answer.status_code == 401
    assert not world.kept_events.known


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"nonsense", "/"),
        (b"[]", "/"),
        (json.dumps({"events": []}).encode(), "/events"),
        (json.dumps({"events": [EVENT] * (MOST_EVENTS + 1)}).encode(), "/events"),
        (json.dumps({"events": [{**EVENT, "kind": "laughed"}]}).encode(), "/events/0/kind"),
        (json.dumps({"events": [EVENT, {**EVENT, "event_id": ""}]}).encode(), "/events/1/event_id"),
        (json.dumps({"events": [{**EVENT, "timestamp": 4_000_000_000}]}).encode(), "/events/0/timestamp"),
        (json.dumps({"events": [{**EVENT, "run_id": "../x"}]}).encode(), "/events/0/run_id"),
        (json.dumps({"events": [{**EVENT, "value": -1}]}).encode(), "/events/0/value"),
    ],
)
async def test_a_bad_request_says_what_is_wrong_and_records_nothing(
    world: World, client: httpx.AsyncClient, body: bytes, pointer: str
) -> None:
    """Where in the body, and what is expected, without what it held."""
    answer = await client.post("/events", content=body)
    problem: Any = answer.json()
    assert answer.status_code == 422
    assert pointer in {one["pointer"] for one in problem["errors"]}
    assert not world.kept_events.known


async def test_a_caller_is_told_to_come_again_while_the_tracker_is_made(
    world: World, client: httpx.AsyncClient
) -> None:
    """The request is repeated as it was."""
    world.trackers.looks = 1
    answer = await client.post("/events", json={"events": [EVENT]})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 60
    assert (await client.post("/events", json={"events": [EVENT]})).status_code == 202


async def test_a_process_that_makes_no_tracker_keeps_events_all_the_same(
    world: World, client: httpx.AsyncClient
) -> None:
    """Until the recommender has made one, nobody is told."""
    record = world.record_events
    object.__setattr__(record, "tracker", KnowTracker(trackers=world.trackers, may_make=False))
    answer = await client.post("/events", json={"events": [EVENT]})
    assert answer.json() == {"events": 1, "new": 1, "told": 0}
    await world.trackers.keep(world.trackers.group)
    assert (await client.post("/events", json={"events": [EVENT]})).json()["told"] == 1
