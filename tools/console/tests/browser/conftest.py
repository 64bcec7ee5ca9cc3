"""A console that is served, and a headless Chromium that has opened its one-time address."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from fondly.console.app import Console, console_app
from fondly.console.sessions import KEY_BYTES, LocalSessions, opening_path
from fondly.operations.environment import Environment, open_environment
from fondly.operations.target import Target, load_topology
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp, serve_app
from fondly.stack.provision import Resources
from tests.support import browsers
from tests.support.environments import REGION

KEY = bytes(KEY_BYTES)
Work = Callable[[Environment], Awaitable[Any]]
Prepare = Callable[[Work], None]
axe, browser = browsers.axe, browsers.browser


@pytest.fixture
def prepare(resources: Resources) -> Prepare:
    """Do something in the environment; in another thread, for a loop of the browser's runs in this one."""

    async def opened(work: Work) -> None:
        name = resources.tables["runs"].removesuffix("-runs")
        async with open_environment(Target(name, REGION), load_topology(None)) as environment:
            await work(environment)

    def run(work: Work) -> None:
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, opened(work)).result()

    return run


@pytest.fixture
def served(resources: Resources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a console on the environment that holds `resources`."""
    monkeypatch.chdir(tmp_path)
    name = resources.tables["runs"].removesuffix("-runs")
    loop, stop, at = asyncio.new_event_loop(), asyncio.Event(), Future[tuple[str, int]]()
    thread = Thread(target=lambda: loop.run_until_complete(_serve(name, stop, at)))
    thread.start()
    host, port = at.result(timeout=30)
    yield f"http://{host}:{port}"
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


async def _serve(name: str, stop: asyncio.Event, at: Future[tuple[str, int]]) -> None:
    sessions = LocalSessions(KEY)
    async with open_environment(Target(name, REGION), load_topology(None)) as environment:
        console = Console(environment, sessions.person, hosts=frozenset(), sessions=sessions)
        app, listening = WebApp(console_app(console), Measures()), Listening("127.0.0.1", 0, 0.0, 1.0)
        await serve_app(app, listening, stop=stop, listening=at.set_result)


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A page of somebody who has opened the one-time address; any error of a script fails the test."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(served + opening_path(KEY))
    yield opened
    context.close()
    assert errors == []
