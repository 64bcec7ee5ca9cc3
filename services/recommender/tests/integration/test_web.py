"""The web process itself, and shops in processes of their own, on an AWS emulator."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, cast

import psutil
import pytest
from aiohttp import ClientSession

from fondly.recommender.adapters.shop_processes import load_stored, open_in_process
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.run_rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition, Wanted, read_picks
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.ports import NoShopError
from fondly.stack.provision import Resources
from services.recommender.tests.real_time import shown, store
from services.recommender.tests.world import RUN, TOO_LITTLE, World
from tests.support.stores import Clients

STARTED_S = 60
WEB = [sys.executable, "-m", "fondly.recommender.web"]


@pytest.fixture(scope="module")
def template() -> World:
    """A world with one run to its end, by popularity."""

    async def make() -> World:
        world = World()
        await world.open(TOO_LITTLE)
        await world.run_to_end()
        return world

    return asyncio.run(make())


def environment(resources: Resources, **more: str) -> dict[str, str]:
    """The environment of a web process that finds a free port."""
    return {**os.environ, **resources.settings(), "FONDLY_RECOMMENDER_WEB_PORT": "0", **more}


@asynccontextmanager
async def running(variables: Mapping[str, str]) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Start the process; yield its address once it listens, and stop it."""
    process = await asyncio.create_subprocess_exec(*WEB, env=variables, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(STARTED_S):
            async for line in process.stderr:
                told = json.loads(line)
                if told["event"] == "web_listening":
                    break
        reading = asyncio.create_task(process.stderr.read())
        yield f"http://{told['host']}:{told['port']}", process
    finally:
        if process.returncode is None:
            process.terminate()
    await process.wait()
    await reading


async def get(client: ClientSession, url: str) -> tuple[int, Any]:
    """Get JSON."""
    async with client.get(url) as reply:
        return reply.status, await reply.json(content_type=None)


async def ready(client: ClientSession, address: str) -> None:
    """Wait until the shop is open."""
    async with asyncio.timeout(STARTED_S):
        while (await get(client, f"{address}/health"))[0] != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def test_the_process_answers_with_the_picks_of_the_run(
    template: World, clients: Clients, resources: Resources
) -> None:
    """It starts from its settings, loads the shop, answers for every customer, and ends when told to."""
    recommended = await store(template, clients, resources)
    async with running(environment(resources)) as (address, process), ClientSession() as client:
        assert await get(client, f"{address}/live") == (200, {"status": "live"})
        await ready(client, address)
        for one in recommended:
            status, answer = await get(client, f"{address}/customers/{one.customer_id}/picks")
            assert (status, answer["picks"]) == (200, shown(one.picks))
        process.send_signal(signal.SIGTERM)
        await process.wait()
    assert process.returncode == 0


async def checked(variables: Mapping[str, str]) -> tuple[int | None, str]:
    """Run the process with `--check`; return its exit code and the last line that it wrote."""
    process = await asyncio.create_subprocess_exec(
        *WEB, "--check", env=variables, stderr=asyncio.subprocess.PIPE
    )
    _, written = await process.communicate()
    return process.returncode, (written.decode().splitlines() or [""])[-1]


async def test_a_check_says_on_one_line_what_is_missing(resources: Resources) -> None:
    """Bad settings and tables that do not answer; all is well before any run too."""
    assert await checked(environment(resources)) == (0, "")
    gone = environment(resources, FONDLY_HISTORIES_TABLE="nothing-like-that")
    code, line = await checked(gone)
    assert code == 2
    assert line.startswith("check failed: ResourceNotFoundException")
    code, line = await checked(environment(resources, FONDLY_RECOMMENDER_WEB_HOST="0.0.0.0"))  # noqa: S104 - refused
    assert code == 2
    assert line.startswith("invalid settings: ")
    assert "0.0.0.0 is not a loopback address" in line


@pytest.fixture
async def edition(template: World, clients: Clients, resources: Resources) -> Edition:
    """The shop of the stored run."""
    await store(template, clients, resources)
    began = (await template.ledger.run(RUN)).created_at
    return Edition(RUN, RunRules(rules=Rules()), int(began.timestamp()))


async def gone(processes: Collection[psutil.Process]) -> None:
    """Wait until processes have ended."""
    assert processes
    _, left = await asyncio.to_thread(psutil.wait_procs, processes, timeout=STARTED_S)
    assert not left


def workers() -> set[psutil.Process]:
    """The processes with shops: a server forks them, which this one has started."""
    found: set[psutil.Process] = set()
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            found.update(child.children())
    return found


async def test_a_shop_in_a_process_picks(edition: Edition, resources: Resources) -> None:
    """However many ask at the same time. The process ends when the shop is closed."""
    before = workers()
    opened = await open_in_process(edition, load=partial(load_stored, resources.buckets["data"]))
    answers = await asyncio.gather(*(opened.picks(Wanted(f"C{number}")) for number in range(4)))
    assert [len(read_picks(one)) for one in answers] == [Rules().min_picks] * 4
    started = workers() - before
    assert len(started) == 1
    opened.close()
    await gone(started)
    with pytest.raises(NoShopError):
        await opened.picks(Wanted("C0"))


async def test_what_goes_wrong_in_a_shop_is_one_requests_matter(
    edition: Edition, resources: Resources
) -> None:
    """The next is answered."""
    opened = await open_in_process(edition, load=partial(load_stored, resources.buckets["data"]))
    with pytest.raises(RuntimeError, match="AttributeError"):
        await opened.picks(cast("Wanted", "nonsense"))
    assert read_picks(await opened.picks(Wanted("C0")))
    opened.close()


async def test_a_shop_whose_process_dies_says_so(edition: Edition, resources: Resources) -> None:
    """A request is refused, not kept waiting."""
    before = workers()
    opened = await open_in_process(edition, load=partial(load_stored, resources.buckets["data"]))
    [worker] = workers() - before
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(NoShopError):
        await opened.picks(Wanted("C0"))
    opened.close()


async def test_a_shop_that_cannot_be_loaded_raises_what_went_wrong(
    edition: Edition, resources: Resources
) -> None:
    """The reason comes from the other process, and nothing of it stays."""
    before = workers()
    missing = Edition("run-nobody-knows", edition.rules, edition.now)
    with pytest.raises(RuntimeError, match="NoSuchKey"):
        await open_in_process(missing, load=partial(load_stored, resources.buckets["data"]))
    async with asyncio.timeout(STARTED_S):
        while workers() - before:  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)


def never(edition: Edition) -> Shop:
    """Load for longer than anybody waits."""
    time.sleep(600)
    raise ValueError(edition.run_id)


@pytest.mark.usefixtures("resources")  # others are forked from the same server, with its environment
async def test_stopping_does_not_wait_for_a_shop_that_is_being_loaded() -> None:
    """Its process is ended, and leaves nothing behind."""
    before = workers()
    opening = asyncio.create_task(open_in_process(Edition(RUN, RunRules(rules=Rules()), 0), load=never))
    async with asyncio.timeout(STARTED_S):
        while not (loading := workers() - before):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await gone(loading)


async def test_shops_end_with_a_process_that_is_killed(
    template: World, clients: Clients, resources: Resources
) -> None:
    """Nobody else would end them."""
    await store(template, clients, resources)
    async with running(environment(resources)) as (address, process), ClientSession() as client:
        await ready(client, address)
        below = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        await process.wait()
        await gone(below)
