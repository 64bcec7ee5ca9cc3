"""The HTTP endpoint: the real application on a real server, over doubles of the stores."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import NoReturn
from urllib.parse import quote

import pytest
from aiohttp import ClientError
from pydantic import SecretStr
from yarl import URL

from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.realtime.current_picks import Edition, Wanted, read_picks
from fondly.recommender.ports import NoShopError, OpenedShop
from fondly.recommender.use_cases.current_picks import CurrentPicks
from fondly.runtime.metrics import MAX_VALUES, Metric
from fondly.runtime.web.gate import MAX_BODY_BYTES, MOST_CALLERS, RateLimits
from fondly.runtime.web.measures import Measures
from services.recommender.tests.real_time import (
    KEY,
    Answer,
    Ranks,
    Web,
    current_picks_of,
    served,
    shown,
    web_settings,
)
from services.recommender.tests.world import RUN, TOO_LITTLE, World

SOMEBODY = "C0"
PICKS = f"/customers/{SOMEBODY}/picks"


@pytest.fixture(scope="module")
def template() -> World:
    """A world with one run to its end, by popularity, which tests copy."""

    async def make() -> World:
        world = World()
        await world.open(TOO_LITTLE)
        await world.run_to_end()
        return world

    return asyncio.run(make())


@pytest.fixture
def world(template: World) -> World:
    """A world with one run to its end."""
    return template.copied()


@pytest.fixture
async def current(world: World) -> CurrentPicks:
    """Current picks with an open shop."""
    made = current_picks_of(world)
    await made.shops.renew()
    return made


@pytest.fixture
async def web(current: CurrentPicks) -> AsyncIterator[Web]:
    """The served application, which requires a key."""
    async with served(current, web_settings()) as web:
        yield web


def assert_problem(answer: Answer, status: int, detail: str) -> None:
    """Require problem details with this status, and this in their detail."""
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert detail in answer.json["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_picks_are_those_of_the_run(web: Web, world: World) -> None:
    """With what they came from, and without what is the shop's own."""
    [first, *_] = await world.recommended(1)
    answer = await web.get(f"/customers/{quote(first.customer_id)}/picks")
    assert answer.status == 200
    assert answer.json == {
        "customer_id": first.customer_id,
        "known": True,
        "picked_from": "popularity",
        "run_id": RUN,
        "picks": shown(first.picks),
    }
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "private, max-age=30"
    assert "cost_class" not in answer.body.decode()


@pytest.mark.parametrize("customer_id", ["a/b", "ünal@example.com", "x" * 256, "..", "picks"])
async def test_any_id_is_a_customers(web: Web, customer_id: str) -> None:
    """Ids are the shop's own; somebody unknown gets popular products."""
    url = URL(f"{web.url}/customers/{quote(customer_id, safe='')}/picks", encoded=True)
    async with web.client.get(url, headers={"X-API-Key": KEY}) as reply:
        found = await reply.json()
    assert (reply.status, found["customer_id"], found["known"]) == (200, customer_id, False)
    assert len(found["picks"]) == Rules().min_picks


async def test_wrong_requests_say_what_is_expected(web: Web) -> None:
    """Each is told apart by its status and one sentence."""
    assert_problem(await web.get(f"/customers/{'x' * 257}/picks"), 400, "257 characters, expected 1 to 256")
    assert_problem(await web.get("/customers/%20/picks"), 400, "is blank")
    assert_problem(await web.get("/customers/a%00b/picks"), 400, "control character")
    assert_problem(await web.get("/nothing"), 404, "/customers/{id}/picks, /events, /health")
    wrong_method = await web.ask("DELETE", PICKS)
    assert_problem(wrong_method, 405, "other methods")
    assert "GET" in wrong_method.headers["Allow"]


async def test_a_body_may_not_be_large(web: Web) -> None:
    """Whether its length is told before or it comes in pieces without one."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    assert_problem(await web.ask("POST", "/events", data=BytesIO(b" " * (MAX_BODY_BYTES + 1))), 413, "bytes")
    assert_problem(await web.ask("POST", "/events", data=pieces()), 413, "bytes")


async def test_a_head_may_not_be_large(web: Web) -> None:
    """The server itself answers, before the application sees anything."""
    with suppress(ClientError):  # it may close the connection before it has read all
        assert (await web.get(PICKS, **{"X-Filler": "x" * 2_000_000})).status in {400, 431}
    assert (await web.get(PICKS)).status == 200


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": ""}, {"X-API-Key": "another key of that length"}, {"X-API-Key": "", "Authorization": KEY}],
)
async def test_without_a_right_key_nobody_is_answered(web: Web, headers: dict[str, str]) -> None:
    """Not even about what there is; a health check needs none."""
    answer = await web.ask("GET", "/nothing", headers=headers)
    assert_problem(answer, 401, "a key is required")
    assert answer.headers["WWW-Authenticate"] == "X-API-Key"
    assert (await web.ask("GET", "/health", headers={"X-API-Key": ""})).status == 200


async def test_one_key_can_replace_another(current: CurrentPicks) -> None:
    """Both are right meanwhile."""
    other = "another key that nobody guesses"
    async with served(current, web_settings(recommender_web_keys=SecretStr(f"{KEY}, {other}"))) as web:
        assert (await web.get(PICKS)).status == 200
        assert (await web.get(PICKS, **{"X-API-Key": other})).status == 200


async def test_without_keys_only_this_machine_is_answered_by_its_name(current: CurrentPicks) -> None:
    """A page whose own name leads to a loopback address must not read what is answered there."""
    async with served(current, web_settings(recommender_web_keys=SecretStr(""))) as web:
        assert (await web.get(PICKS, **{"X-API-Key": ""})).status == 200
        assert_problem(await web.get(PICKS, Host="evil.example:80"), 421, "Host")


async def test_each_caller_and_all_have_a_limit(current: CurrentPicks) -> None:
    """Who asks too often is told when to ask again."""
    other = "another key that nobody guesses"
    settings = web_settings(
        recommender_web_keys=SecretStr(f"{KEY},{other}"), recommender_web_caller_requests_per_s=0.5
    )
    async with served(current, settings) as web:
        assert (await web.get(PICKS)).status == 200
        refused = await web.get(PICKS)
        assert_problem(refused, 429, "too many requests")
        assert 1 <= int(refused.headers["Retry-After"]) <= 3
        assert (await web.get(PICKS, **{"X-API-Key": other})).status == 200
        assert (await web.get("/health")).status == 200


def test_a_bucket_fills_again_and_refusing_costs_nothing() -> None:
    """Two seconds' worth may come at once; then as many as the rate allows. Callers are forgotten in time."""
    now = 0.0
    limits = RateLimits(per_s=1_000, caller_per_s=2, clock=lambda: now)
    assert [limits.take("a") for _ in range(4)] == [0, 0, 0, 0]
    assert limits.take("a") == limits.take("a") == pytest.approx(0.5)
    assert limits.take("b") == 0
    now = 0.5
    assert limits.take("a") == 0
    assert limits.take("a") > 0
    for number in range(MOST_CALLERS):
        now += 0.01
        limits.take(str(number))
    assert limits.take("a") == 0


async def test_all_callers_together_have_a_limit() -> None:
    """However many they are."""
    limits = RateLimits(per_s=1, caller_per_s=100, clock=lambda: 0.0)
    assert [limits.take(name) for name in "abc"] == [0, 0, pytest.approx(1)]


async def test_health_means_that_requests_can_be_answered(world: World) -> None:
    """Before a shop is open neither is; the process lives all the same."""
    current = current_picks_of(world)
    async with served(current, web_settings()) as web:
        assert_problem(await web.get("/health"), 503, "no shop is open")
        waiting = await web.get(PICKS)
        assert_problem(waiting, 503, "no shop is open")
        assert waiting.headers["Retry-After"]
        assert (await web.get("/live")).json == {"status": "live"}
        await current.shops.renew()
        assert (await web.get("/health")).json == {
            "status": "ready",
            "run_id": RUN,
            "ranking_weight": 1.0,
        }
        assert (await web.get(PICKS)).status == 200


async def test_a_stopping_process_finishes_what_has_begun(world: World) -> None:
    """It is not ready any more, still answers for a while, and then listens no longer."""
    slow = Ranks(["P1red"], after_s=0.6)
    current = current_picks_of(world, ranks=slow)
    await current.shops.renew()
    async with served(current, web_settings(recommender_web_linger_s=0.3)) as web:
        begun = asyncio.create_task(web.get(f"{PICKS}"))
        await slow.began.wait()
        web.stop.set()
        await asyncio.sleep(0.05)
        assert_problem(await web.get("/health"), 503, "stopping")
        assert (await web.get(PICKS)).status == 200
        assert (await begun).json["picked_from"] == "campaign"
        await web.serving
        with pytest.raises(OSError, match="connect"):
            await web.get("/live")


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (NoShopError(), 503, "no shop is open"),
        (TimeoutError(), 503, "in time"),
        (ValueError("about C0"), 500, "could not be answered"),
    ],
)
async def test_what_goes_wrong_is_told_without_its_words(
    current: CurrentPicks, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, detail: str
) -> None:
    """An error's message may name customers or resources."""

    async def fail(_: Wanted) -> bytes:
        raise error

    monkeypatch.setattr(current.shops, "_opened", replace(current.shops.current, picks=fail))
    async with served(current, web_settings()) as web:
        answer = await web.get(PICKS)
        assert_problem(answer, status, detail)
        assert "C0" not in answer.body.decode()
        assert ("Retry-After" in answer.headers) == (status == 503)


async def test_a_slow_store_ends_a_request_in_time(
    current: CurrentPicks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request does not wait for a table longer than a caller would."""

    async def wait(*_: object) -> None:
        await asyncio.sleep(9)

    monkeypatch.setattr(type(current.customers), "read", wait)
    async with served(current, web_settings(recommender_web_request_s=0.05)) as web:
        assert_problem(await web.get(PICKS), 503, "in time")


async def test_a_shop_that_ended_is_opened_again(world: World) -> None:
    """Whoever meets it is told to come again, and the next look opens it whatever its edition."""
    current = current_picks_of(world)
    await current.shops.renew()
    before = current.shops.current
    current.shops.report_broken(before)
    await current.shops.renew()
    assert current.shops.current is not before
    assert current.shops.current.edition == before.edition
    opened = current.shops.current
    await current.shops.renew()
    assert current.shops.current is opened


async def test_the_shop_is_renewed_while_requests_are_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the new one is loading, the old one answers; afterwards it is closed."""
    current = current_picks_of(world)
    await current.shops.renew()
    loading, loaded = asyncio.Event(), asyncio.Event()
    open_shop, closed = current.shops.open_shop, asyncio.Event()

    async def open_slowly(edition: Edition) -> OpenedShop:
        loading.set()
        await loaded.wait()
        return await open_shop(edition)

    monkeypatch.setattr(current.shops, "open_shop", open_slowly)
    monkeypatch.setattr(current.shops, "_opened", replace(current.shops.current, close=closed.set))
    began = (await world.ledger.run(RUN)).created_at
    monkeypatch.setattr(
        current.shops,
        "find_edition",
        current_picks_of(world, now=began + timedelta(days=1)).shops.find_edition,
    )
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(served(current, web_settings()))
        before = current.shops.current.edition.digest
        renewing = asyncio.create_task(current.shops.renew())
        await loading.wait()
        assert (await web.get(PICKS)).status == 200
        assert current.shops.current.edition.digest == before
        loaded.set()
        await renewing
        assert current.shops.current.edition.digest != before
        async with asyncio.timeout(5):
            await closed.wait()


async def test_no_request_is_logged_by_its_customer(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids of customers may be their addresses."""
    await web.get("/customers/unique-id-of-somebody/picks")
    await web.get("/customers/unique-id-of-somebody/picks")
    printed = capsys.readouterr()
    assert "unique-id-of-somebody" not in printed.out + printed.err


def test_measures_are_written_once_for_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most as many values as a line may have, the slowest among them."""
    written: list[dict[Metric, object]] = []
    monkeypatch.setattr("fondly.runtime.web.measures.emit", written.append)
    measures = Measures()
    measures.write()
    for number in range(1_000):
        measures.note(503 if number == 7 else 429 if number < 3 else 200, number / 1_000)
    measures.note_fallback()
    measures.write()
    measures.write()
    [line] = written
    seconds = line[Metric.WEB_SECONDS]
    assert isinstance(seconds, list)
    assert (len(seconds), max(seconds)) == (MAX_VALUES, 0.999)
    counts = [line[one] for one in (Metric.WEB_REQUESTS, Metric.WEB_REQUESTS_REFUSED)]
    assert counts == [1_000, 3]
    assert (line[Metric.WEB_REQUESTS_FAILED], line[Metric.WEB_FALLBACKS]) == (1, 1)


async def test_an_address_in_use_is_an_error_at_once(current: CurrentPicks) -> None:
    """The process says so instead of serving nobody."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            async with asyncio.timeout(5), served(current, web_settings(recommender_web_port=port)):
                pass


async def test_an_answer_can_be_read_as_picks(web: Web) -> None:
    """What is answered is as the records of picks are, for clients in Python."""
    answer = await web.get(PICKS)
    assert len(read_picks(json.dumps(answer.json["picks"]).encode())) == len(answer.json["picks"])


async def test_stopping_ends_the_renewal_in_the_middle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is told to stop does not load a shop to its end first."""
    current = current_picks_of(world)
    loading, stop = asyncio.Event(), asyncio.Event()

    async def open_endlessly(_: Edition) -> NoReturn:
        loading.set()
        await asyncio.sleep(600)
        raise AssertionError

    monkeypatch.setattr(current.shops, "open_shop", open_endlessly)
    running = asyncio.create_task(current.shops.run(stop))
    await loading.wait()
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_shop_is_kept_until_the_process_stops(world: World) -> None:
    """A shop that ends is opened again at once, without waiting for the next look."""
    current, stop = current_picks_of(world), asyncio.Event()
    running = asyncio.create_task(current.shops.run(stop))
    async with asyncio.timeout(5):
        while current.shops._opened is None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        before = current.shops.current
        current.shops.report_broken(before)
        while current.shops._opened in {None, before}:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        stop.set()
        await running
    with pytest.raises(NoShopError):
        _ = current.shops.current


async def test_a_caller_who_goes_away_is_no_failure(
    current: CurrentPicks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would raise the alarm about failed requests."""
    noted: list[int] = []
    monkeypatch.setattr(Measures, "note", lambda _, status, __: noted.append(status))
    async with served(current, web_settings()) as web:
        port = int(web.url.rsplit(":", 1)[1])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /events HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY}\r\nContent-Length: 100\r\n\r\n"
        writer.write(head.encode() + b"{")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(5):
            while not noted:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
    assert noted == [499]
