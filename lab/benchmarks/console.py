"""How quick the console is beside a run of a million emails, what its pages read, and what viewers take.

The console runs in a process of its own on an embedded stack with a hundred runs. Each page is asked for in
rounds, and the quietest round counts, as this process, the emulator and the console share the machine; where
others crowd it, clocks tell of them, and only the console's CPU milliseconds are judged, of which a page may
take a share of its bar. Read units are those of DynamoDB and one for each object read, by a page that nobody
has asked for before. Exits with 1 when a limit is missed.
"""

import argparse
import asyncio
import gzip
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files
from math import inf
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil
from aiohttp import ClientSession, ClientTimeout
from playwright.async_api import async_playwright
from rich.console import Console
from rich.table import Table

from fondly.operations.emails.index import facets
from fondly.operations.local_stack import ENVIRONMENT
from fondly.stack.embedded import EmbeddedStack, await_answer, embedded_stack
from fondly.stack.observer import Observer, observe
from fondly.stack.processes import free_port
from harness.console_process import UNITS
from harness.console_world import BIG, fill
from harness.processes import child, cpu_seconds, growth, resident_mib

PART_EMAILS = 1_000
LIST_MS, RUN_MS, UNIT_LIMIT, CPU_SHARE = 200.0, 500.0, 100.0, 0.5
"""For the 95th percentile of lists, and of pages of the large run; the share is of a page's CPU time."""
CROWDED = 1.5
"""A load that a core has of others, beside what is measured."""
VIEWERS, WATCHED_S, LOOKS_RATIO = 20, 20.0, 1.3
GROWTH_LIMIT, PEAK_MIB = 1.1, 512.0
SCRIPTS_KIB, PAINT_MS = 20.0, 1_000.0
RUN_PAGE = f"/runs/{BIG}"
LISTS = ("/", "/runs", "/queues", "/audit")
STREAMS = (f"{RUN_PAGE}/live", "/queues/live")
ROUNDS, TIMES = 3, 20
OWN = {"sec-fetch-site": "same-origin"}
OURS = {"PYTHONPATH": str(Path(__file__).parent)}


class Page(NamedTuple):
    """A page that is asked for: by its path, or by a form with what somebody searches for."""

    name: str
    path: str
    search: str = ""
    limit_ms: float = RUN_MS


class Line(NamedTuple):
    """What was measured, its bar, and how both are written."""

    what: str
    measured: float
    bar: float
    written: str = "{:.0f} ms"

    @property
    def kept(self) -> bool:
        """Whether it is within its bar."""
        return self.measured <= self.bar


class Asking(NamedTuple):
    """A console and whoever asks it."""

    client: ClientSession
    process: psutil.Process

    async def get(self, page: Page) -> str:
        """Return a page; raise `ClientResponseError` if there is none."""
        form = {"q": page.search} if page.search else None
        asked = self.client.request("POST" if form else "GET", page.path, data=form, headers=OWN)
        async with asked as reply:
            reply.raise_for_status()
            return await reply.text()

    async def usage(self) -> Mapping[str, float]:
        """Return what the console has asked of AWS since the last time."""
        async with self.client.get("/usage") as reply:
            found: Mapping[str, float] = await reply.json()
            return found


def main() -> int:
    """Measure, print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=1_000_000, help="of the large run, default %(default)s")
    parser.add_argument("--requests", type=int, default=10_000, help="for the memory, default %(default)s")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, embedded_stack(Path(folder), services=()) as stack:
        lines = asyncio.run(_measured(stack, options))
    table = Table("", "measured", "bar", "")
    for line in lines:
        numbers = (line.written.format(each) for each in (line.measured, line.bar))
        table.add_row(line.what, *numbers, "" if line.kept else "MISSED")
    table.caption = f"{options.emails:,} emails; load {psutil.getloadavg()[0]:.1f}"
    Console(width=110).print(table)
    return int(not all(line.kept for line in lines))


async def _measured(stack: EmbeddedStack, options: argparse.Namespace) -> list[Line]:
    async with observe(stack.resources) as observer:
        keys = await fill(observer, options.emails // PART_EMAILS, PART_EMAILS)
        async with _console(stack) as asking:
            lines = [line async for line in _pages(asking, await _wanted(observer, asking, keys))]
            lines += [line async for line in _viewers(asking)]
            lines += await _memory(asking, options.requests, keys)
            return [*lines, _scripts(), await _first_paint(str(asking.client._base_url))]  # noqa: SLF001 - as given


@asynccontextmanager
async def _console(stack: EmbeddedStack) -> AsyncIterator[Asking]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    stack.processes.start("console", ["-m", "harness.console_process", ENVIRONMENT, str(port)], OURS)
    await asyncio.to_thread(await_answer, f"{address}/live", stack.check)
    async with ClientSession(address, timeout=ClientTimeout(300)) as client:
        yield Asking(client, child(str(port)))


async def _wanted(observer: Observer, asking: Asking, keys: Sequence[str]) -> list[Page]:
    """Return the pages to be measured: of each facet, the value that most emails have and the rarest."""
    pages = [Page(each, each, limit_ms=LIST_MS) for each in LISTS]
    pages += [Page(name or "run", f"{RUN_PAGE}/{name}".rstrip("/")) for name in ("", "stages", "delivery")]
    counts = sorted((await facets(observer.environment, BIG)).totals().items(), key=lambda each: -each[1])
    listed = f"{RUN_PAGE}/emails"
    for facet in dict.fromkeys(name.partition(":")[0] for name, _ in counts):
        values = [name.partition(":")[2] for name, _ in counts if name.startswith(f"{facet}:")]
        pages += [
            Page(f"emails, {facet} {each}", f"{listed}?{facet}={each}") for each in {values[0], values[-1]}
        ]
    place = ""
    for _ in range(19):
        place = (await asking.get(Page("", listed + place))).rpartition("next=")[2].partition('"')[0]
        place = f"?next={place}"
    pages += [Page("emails", listed), Page("emails, page 20", listed + place)]
    pages += [Page(f"emails, search for {text}", listed, text) for text in ("Kettle", "no such words")]
    pages += [Page("wordings", f"{RUN_PAGE}/wordings"), Page("read these 20", f"{RUN_PAGE}/read")]
    return [*pages, Page("one email", f"{RUN_PAGE}/emails/{keys[0]}")]


async def _pages(asking: Asking, pages: Sequence[Page]) -> AsyncIterator[Line]:
    for page in pages:
        await asking.usage()
        await asking.get(page)
        asked = await asking.usage()
        yield Line(page.name, asked.get(UNITS, 0) + asked.get("s3.GetObject", 0), UNIT_LIMIT, "{:.0f} units")
        for line in await _timed(asking, page):
            yield line


async def _timed(asking: Asking, page: Page) -> list[Line]:
    """Return the 95th percentile of the quietest round, and the CPU time of a request.

    The first has no bar while others crowd the cores.
    """
    before, rounds = cpu_seconds(asking.process), []
    for _ in range(ROUNDS):
        took = []
        for _ in range(TIMES):
            began = time.monotonic()
            await asking.get(page)
            took.append(1_000 * (time.monotonic() - began))
        rounds.append(quantiles(took, n=20, method="inclusive")[18])
    cpu_ms = 1_000 * (cpu_seconds(asking.process) - before) / (ROUNDS * TIMES)
    is_crowded = psutil.getloadavg()[0] > CROWDED * (psutil.cpu_count() or 1)
    slow = Line(f"{page.name}, p95", min(rounds), inf if is_crowded else page.limit_ms)
    return [slow, Line(f"{page.name}, CPU", cpu_ms, CPU_SHARE * page.limit_ms, "{:.1f} ms")]


async def _viewers(asking: Asking) -> AsyncIterator[Line]:
    """Lists beside viewers that follow a run and the queues; what the looks take for one and for all."""
    asked: dict[int, float] = {}
    for viewers in (1, VIEWERS):
        async with AsyncExitStack() as streams:
            for _ in range(viewers):
                for path in STREAMS:
                    reply = await streams.enter_async_context(asking.client.get(path))
                    await reply.content.readany()
            await asking.usage()
            await asyncio.sleep(WATCHED_S)
            asked[viewers] = sum(n for name, n in (await asking.usage()).items() if name != UNITS)
            for path in LISTS if viewers > 1 else ():
                for line in await _timed(
                    asking, Page(f"{path} beside {viewers} viewers", path, limit_ms=LIST_MS)
                ):
                    yield line
    what = f"calls for {VIEWERS} viewers beside {asked[1]:.0f} for one"
    yield Line(what, asked[VIEWERS] / asked[1], LOOKS_RATIO, "{:.2f} times")


async def _memory(asking: Asking, requests: int, keys: Sequence[str]) -> list[Line]:
    """Ask for pages in turn, some at once; the first tenth warms up."""
    below_run = ("", "/delivery", "/emails", f"/emails/{keys[0]}")
    paths = ["/runs", "/", *(f"{RUN_PAGE}{each}" for each in below_run)]
    seen: list[float] = []
    for number in range(0, requests, len(paths)):
        await asyncio.gather(*(asking.get(Page(path, path)) for path in paths))
        if number >= requests / 10:
            seen.append(resident_mib(asking.process))
    what = f"memory over {requests:,} requests"
    grown = Line(f"{what}, growth", growth(seen), GROWTH_LIMIT, "{:.2f} times")
    return [grown, Line(what, max(seen), PEAK_MIB, "{:.0f} MiB")]


def _scripts() -> Line:
    static = Path(str(files("fondly.console") / "static"))
    size = sum(len(gzip.compress(each.read_bytes())) for each in static.glob("*.js"))
    return Line("scripts, compressed", size / 1024, SCRIPTS_KIB, "{:.1f} KiB")


async def _first_paint(address: str) -> Line:
    """Paint the run's page in a browser that has nothing yet; the quietest round counts."""
    painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    took = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for _ in range(ROUNDS):
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(address.rstrip("/") + RUN_PAGE)
            await page.wait_for_function(f"!!{painted.partition('.startTime')[0]}")
            took.append(await page.evaluate(painted))
            await context.close()
        await browser.close()
    return Line("first paint, cold", min(took), PAINT_MS)


if __name__ == "__main__":
    sys.exit(main())
