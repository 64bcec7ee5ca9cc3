"""`POST /events`: what customers do is recorded while they do it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fondly.contracts.records import EventKind
from fondly.recommender.web.app import MOST_EVENTS
from services.recommender.tests.real_time import Web, current_picks_of, served, web_settings
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
    """The recommender in memory, without a run."""
    return World()


@pytest.fixture
async def web(world: World) -> AsyncIterator[Web]:
    """The web process."""
    async with served(current_picks_of(world), web_settings()) as serving:
        yield serving


async def test_events_are_recorded_and_told(world: World, web: Web) -> None:
    """A repeated request changes nothing."""
    body = {"events": [EVENT, {**EVENT, "event_id": "e2", "kind": "purchased", "value": "12.50"}]}
    first = await web.ask("POST", "/events", json=body)
    assert (first.status, first.json) == (202, {"events": 2, "new": 2, "told": 2})
    again = await web.ask("POST", "/events", json=body)
    assert again.json["new"] == 0
    assert world.sink.events == {"e1", "e2"}


async def test_without_a_key_nothing_is_recorded(world: World, web: Web) -> None:
    """Events come from the shop alone."""
    answer = await web.ask("POST", "/events", json={"events": [EVENT]}, headers={"X-API-Key": "guess"})
    assert answer.status == 401
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
        (json.dumps({"events": [{**EVENT, "timestamp": 4_000_000_000}]}).encode(), "/events/0"),
        (json.dumps({"events": [{**EVENT, "run_id": "../x"}]}).encode(), "/events/0/run_id"),
        (json.dumps({"events": [{**EVENT, "value": -1}]}).encode(), "/events/0/value"),
    ],
)
async def test_a_bad_request_says_what_is_wrong_and_records_nothing(
    world: World, web: Web, body: bytes, pointer: str
) -> None:
    """Where in the body, and what is expected, without what it held."""
    answer = await web.ask("POST", "/events", data=body)
    problem: Any = answer.json
    assert answer.status == 422
    assert pointer in {one["pointer"] for one in problem["errors"]}
    assert not world.kept_events.known


async def test_without_a_campaign_events_are_kept_all_the_same(world: World, web: Web) -> None:
    """Nobody is told: the next run's import has them."""
    world.sink.has_tracker = False
    answer = await web.ask("POST", "/events", json={"events": [EVENT]})
    assert answer.json == {"events": 1, "new": 1, "told": 0}
    assert world.kept_events.known


async def test_the_next_picks_consider_what_was_bought(world: World) -> None:
    """What a customer has just bought is not offered to them any more."""
    await world.open()
    await world.run_to_end()
    current = current_picks_of(world)
    await current.shops.renew()
    async with served(current, web_settings()) as web:
        before = await web.get("/customers/C0/picks")
        offered = before.json["picks"][0]["product"]["product_id"]
        bought = {**EVENT, "customer_id": "C0", "product_id": offered, "kind": EventKind.PURCHASED}
        assert (await web.ask("POST", "/events", json={"events": [bought]})).status == 202
        after = await web.get("/customers/C0/picks")
        assert after.status == 200
        assert offered not in {pick["product"]["product_id"] for pick in after.json["picks"]}
