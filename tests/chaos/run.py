"""One run of a file on a stack of its own: calm, or in the storm."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from encore.runtime.runs.run import Run
from encore.stack.embedded import SERVICES, EmbeddedStack, embedded_stack
from encore.stack.observer import Observer, observe
from encore.stack.topology import Topology, load_topology
from tests.chaos import outcome
from tests.chaos.crew import MAX_SKEW_S, Crew
from tests.chaos.fates import CALM, STORM, Fates, Odds
from tests.chaos.messages import Messages
from tests.chaos.outcome import Outcome
from tests.chaos.proxy import FaultProxy
from tests.chaos.tally import Tally
from tests.support.outward import outward
from tests.support.pipeline import Pipeline

KEY = "chaos.csv"
LOOK_S = 0.25
QUIET_S = 90.0
EMULATOR, STAND_IN = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


@dataclass(frozen=True)
class Weather:
    """What a run has to bear, and how it is set up for it."""

    seed: int = 0
    odds: Odds = CALM
    kill_every_s: tuple[float, float] | None = None
    """Seconds between two kills: at least, at most."""
    most_kills: int = 1_000
    processes: int = 1
    """How many of each service."""
    visibility_s: int = 60
    max_receives: int = 40
    part_reviews: int = 25
    parallel_emails: int = 16
    """How many model calls a mailer makes at a time: what a crash of it can repeat."""
    limit_s: float = 600.0
    """How long the run may take."""

    @property
    def topology(self) -> Topology:
        """The project's topology with this weather's leases."""
        own = load_topology()
        changed = {"visibility_s": self.visibility_s, "max_receives": self.max_receives}
        queues = {name: queue.model_copy(update=changed) for name, queue in own.queues.items()}
        return own.model_copy(update={"queues": queues})

    @property
    def max_skew_s(self) -> float:
        """How wrong clocks are: not at all where nothing else goes wrong."""
        return MAX_SKEW_S if self.kill_every_s else 0.0


CALM_WEATHER = Weather()
STORMY_WEATHER = Weather(odds=STORM, kill_every_s=(2.0, 5.0), processes=2, visibility_s=5, parallel_emails=8)


def run_file(path: Path, weather: Weather, log_dir: Path) -> Outcome:
    """Start a fresh stack, have it make the file's emails, and tell what it came to."""
    with embedded_stack(log_dir, services=(), topology=weather.topology) as stack:
        return asyncio.run(_run(stack, path, weather))


async def _run(stack: EmbeddedStack, path: Path, weather: Weather) -> Outcome:
    tally, fates = Tally(), Fates(weather.seed, weather.odds)
    async with AsyncExitStack() as opened:
        outside = opened.enter_context(outward(stack.resources))
        eyes = await opened.enter_async_context(observe(stack.resources))
        messages = Messages(eyes.sqs, fates, tally, longest_s=weather.visibility_s)
        proxy = FaultProxy(
            emulator=stack.environment[EMULATOR],
            stand_in=stack.environment[STAND_IN],
            fates=fates,
            messages=messages,
            tally=tally,
        )
        address = await opened.enter_async_context(proxy.serving())
        crew = Crew(
            stack.processes,
            _environment(stack, address, weather),
            tally,
            services=SERVICES,
            size=weather.processes,
            seed=weather.seed,
        )
        started = time.monotonic()
        crew.start(max_skew_s=weather.max_skew_s)
        run = await _weathered(Pipeline(stack, eyes), path, weather, fates, crew)
        depths = await _quiet(eyes, crew)
        run_id = run.run_id if run else ""
        return Outcome(
            run=run,
            emails=await outcome.stored_emails(eyes, run_id),
            records=await outcome.records(eyes, run_id),
            tables=await outcome.tables(eyes),
            announced=await asyncio.to_thread(outside.announced),
            endings=await outcome.endings(eyes),
            depths=depths,
            dead=await eyes.dead_letters(),
            bill=proxy.bill,
            tally=tally,
            calls=fates.calls,
            seconds=time.monotonic() - started,
        )


def _environment(stack: EmbeddedStack, proxy: str, weather: Weather) -> dict[str, str]:
    """The services' settings: every endpoint is the proxy, and parts are small so that there are many."""
    proxied = {name: proxy for name in stack.environment if name.startswith(EMULATOR)}
    chosen = {
        "ENCORE_INGEST_PART_REVIEWS": str(weather.part_reviews),
        "ENCORE_MAILER_CONVERSE_CONCURRENCY": str(weather.parallel_emails),
    }
    return {**stack.environment, **proxied, **chosen}


async def _weathered(
    pipeline: Pipeline, path: Path, weather: Weather, fates: Fates, crew: Crew
) -> Run | None:
    """Upload the file and let it storm until its run has ended; None when there was no time for a run."""
    over = asyncio.Event()
    killing = asyncio.create_task(_killing(crew, weather, over))
    await asyncio.to_thread(pipeline.upload, KEY, path)
    run: Run | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(weather.limit_s):
            while run is None or run.is_open:
                await asyncio.sleep(LOOK_S)
                crew.revive()
                pipeline.stack.check()
                run = await pipeline.eyes.run_of(_source(pipeline))
    over.set()
    await killing
    fates.odds = CALM
    return run


async def _killing(crew: Crew, weather: Weather, over: asyncio.Event) -> None:
    if weather.kill_every_s:
        await crew.suffer(every_s=weather.kill_every_s, most=weather.most_kills, stop=over)


def _source(pipeline: Pipeline) -> str:
    return f"s3://{pipeline.eyes.objects.bucket}/uploads/{KEY}"


async def _quiet(eyes: Observer, crew: Crew) -> Mapping[str, Mapping[str, int]]:
    """Wait until the services' queues are empty, for a while; return how full they are then."""
    depths: dict[str, dict[str, int]] = {}
    deadline = time.monotonic() + QUIET_S
    while time.monotonic() < deadline:
        crew.revive()
        depths = {name: depth for name, depth in (await eyes.queues()).items() if name != "ops"}
        if not any(sum(depth.values()) for depth in depths.values()):
            break
        await asyncio.sleep(LOOK_S)
    return depths
