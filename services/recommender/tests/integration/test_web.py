"""The web process itself, and shops in processes of their own, on an AWS emulator."""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import psutil
import pytest
from aiohttp import ClientSession

from encore.recommender.adapters.shop_processes import NICE, ShopProcesses
from encore.recommender.adapters.stored_shop import LoadStoredShop
from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.real_time import Edition, Wanted, read_picks
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.ports import BusyError, ShopClosedError
from encore.stack.provision import Resources
from services.recommender.tests.real_time import shown, store
from services.recommender.tests.world import RUN, TOO_LITTLE, World
from tests.support.stores import Clients

STARTED_S = 60
WEB = [sys.executable, "-m", "encore.recommender.web"]


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
    return {**os.environ, **resources.settings(), "ENCORE_RECOMMENDER_WEB_PORT": "0", **more}


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
    gone = environment(resources, ENCORE_HISTORIES_TABLE="nothing-like-that")
    code, line = await checked(gone)
    assert code == 2
    assert line.startswith("check failed: ResourceNotFoundException")
    code, line = await checked(environment(resources, ENCORE_RECOMMENDER_WEB_HOST="0.0.0.0"))  # noqa: S104 - refused
    assert code == 2
    assert line.startswith("invalid settings: ")
    assert "0.0.0.0 is not a loopback address" in line


@pytest.fixture
async def edition(template: World, clients: Clients, resources: Resources, fork_server: None) -> Edition:
    """The shop of the stored run, which processes load that are forked from now on."""
    assert fork_server is None
    await store(template, clients, resources)
    began = (await template.ledger.run(RUN)).created_at
    return Edition(RUN, RunRules(rules=Rules()), int(began.timestamp()))


async def test_a_shop_in_a_process_picks_and_orders(edition: Edition, resources: Resources) -> None:
    """Requests are answered by each of its processes in turn; whatever comes too much at once is refused."""
    load = LoadStoredShop(resources.buckets["data"])
    opened = await ShopProcesses(load=load, processes=2, most_waiting=3).open(edition)
    asked = [opened.picks(Wanted(f"C{number}")) for number in range(4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [len(read_picks(one)) for one in answers if isinstance(one, bytes)] == [5, 5, 5]
    assert isinstance(answers[-1], BusyError)
    assert await opened.ordered(Wanted("C0"), ["P1red", "nothing"]) == ["P1red"]
    await opened.close()
    with pytest.raises(ShopClosedError):
        await opened.picks(Wanted("C0"))


async def test_a_shop_whose_process_dies_says_so(edition: Edition, resources: Resources) -> None:
    """A request is refused, not kept waiting."""
    opened = await ShopProcesses(load=LoadStoredShop(resources.buckets["data"])).open(edition)
    [worker] = opened.workers
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    with pytest.raises(ShopClosedError):
        await opened.picks(Wanted("C0"))
    await opened.close()


async def test_a_shop_that_cannot_be_loaded_raises_what_went_wrong(
    edition: Edition, resources: Resources
) -> None:
    """The reason comes from the other process, and nothing of it stays."""
    missing = Edition("run-nobody-knows", edition.rules, edition.now)
    with pytest.raises(Exception, match="NoSuchKey"):
        await ShopProcesses(load=LoadStoredShop(resources.buckets["data"])).open(missing)


def fail(edition: Edition) -> CurrentShop:
    """Load nothing."""
    raise ValueError(edition.run_id)


async def test_any_error_of_loading_arrives(edition: Edition) -> None:
    """Also one that no AWS library makes."""
    with pytest.raises(ValueError, match=RUN):
        await ShopProcesses(load=fail).open(edition)


def never(edition: Edition) -> CurrentShop:
    """Load for longer than anybody waits."""
    time.sleep(600)
    raise ValueError(edition.run_id)


def shop_processes() -> set[psutil.Process]:
    """The processes with shops: this one's grandchildren, which a server forks."""
    own = psutil.Process()
    return set(own.children(recursive=True)) - set(own.children())


async def test_stopping_before_a_process_is_there_leaves_none_behind(edition: Edition) -> None:
    """Whoever cancels at once waits for the process, and then ends it."""
    before = shop_processes()
    opening = asyncio.create_task(ShopProcesses(load=never).open(edition))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    left = list(shop_processes() - before)
    await asyncio.to_thread(psutil.wait_procs, left, timeout=STARTED_S)
    assert not any(one.is_running() for one in left)


def priority(edition: Edition) -> CurrentShop:
    """Tell the priority of the thread that loads, and of one that it starts, and that of its process."""
    with ThreadPoolExecutor(1) as further:
        own = [_priority(), further.submit(_priority).result()]
    usual = os.getpriority(os.PRIO_PROCESS, os.getpid())
    raise ValueError(f"{edition.run_id}: {own} instead of {usual}")


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.parametrize("at_leisure", [False, True])
async def test_loading_gives_way_to_answering(edition: Edition, at_leisure: bool) -> None:  # noqa: FBT001
    """Only what loads has a lower priority: it could not be raised again for answers."""
    usual = _priority()
    given = NICE if at_leisure else usual
    with pytest.raises(ValueError, match=rf": \[{given}, {given}\] instead of {usual}$"):
        await ShopProcesses(load=priority).open(edition, at_leisure=at_leisure)


async def test_stopping_does_not_wait_for_a_shop_that_is_being_loaded(edition: Edition) -> None:
    """Its process is ended, and leaves nothing behind."""
    before = shop_processes()
    opening = asyncio.create_task(ShopProcesses(load=never).open(edition))
    async with asyncio.timeout(STARTED_S):
        while not (loading := shop_processes() - before):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await asyncio.to_thread(psutil.wait_procs, list(loading), timeout=STARTED_S)
    assert not any(one.is_running() for one in loading)
