"""One run of a file on its own stack, calm or in a storm."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from fondly.mailer.settings import MailerSettings
from fondly.operations.topology import SERVICES, Topology
from fondly.runtime.runs.run import Run
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from tests.chaos import outcome
from tests.chaos.faults import CALM, STORM, FaultPlan, Odds
from tests.chaos.fleet import BASELINE, HERE, MAX_SKEW_S, Fleet
from tests.chaos.like_aws import LikeAWS, table_keys
from tests.chaos.messages import MessageFaults
from tests.chaos.outcome import Outcome
from tests.chaos.proxy import FaultProxy
from tests.chaos.tally import Tally
from tests.chaos.topology import topology_with
from tests.support.outward import outward
from tests.support.pipeline import Pipeline

KEY = "chaos.csv"
MODEL = {"FONDLY_MAILER_MODEL_ID": MailerSettings.model_fields["mailer_model_id"].default}
"""Set, as environments on AWS do: releases side by side may have different defaults."""
POLL_INTERVAL_S = 0.25
DRAIN_TIMEOUT_S = 90.0
EMULATOR, UNDERSTUDY = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


@dataclass(frozen=True)
class Conditions:
    """The faults of a run, and its setup."""

    seed: int = 0
    odds: Odds = CALM
    kill_every_s: tuple[float, float] | None = None
    """The shortest and the longest time between two kills."""
    max_kills: int = 1_000
    processes: int = 1
    """Per service."""
    visibility_s: int = 60
    max_receives: int = 40
    part_reviews: int = 25
    parallel_emails: int = 16
    """Model calls that a mailer makes at a time: what its crash can repeat."""
    timeout_s: float = 600.0
    """For the whole run."""

    @property
    def topology(self) -> Topology:
        """The project's topology with this visibility timeout and receive count."""
        return topology_with(visibility_s=self.visibility_s, max_receives=self.max_receives)

    @property
    def max_skew_s(self) -> float:
        """How far off clocks may be: a run without kills has true clocks."""
        return MAX_SKEW_S if self.kill_every_s else 0.0


CALM_CONDITIONS = Conditions()
STORM_CONDITIONS = Conditions(
    odds=STORM, kill_every_s=(2.0, 5.0), processes=2, visibility_s=5, parallel_emails=8
)


def run_file(path: Path, conditions: Conditions, log_dir: Path) -> Outcome:
    """Start a fresh stack, run the file through it and return what came out."""
    with embedded_stack(log_dir, services=(), topology=conditions.topology) as stack:
        return asyncio.run(_run(stack, path, conditions))


async def _run(stack: EmbeddedStack, path: Path, conditions: Conditions) -> Outcome:
    tally, plan = Tally(), FaultPlan(conditions.seed, conditions.odds)
    async with AsyncExitStack() as opened:
        subscriber = opened.enter_context(outward(stack.resources))
        observer = await opened.enter_async_context(observe(stack.resources))
        messages = MessageFaults(observer.sqs, plan, tally, max_hidden_s=conditions.visibility_s)
        proxy = FaultProxy(
            emulator=stack.variables[EMULATOR],
            understudy=stack.variables[UNDERSTUDY],
            plan=plan,
            messages=messages,
            tally=tally,
            like_aws=LikeAWS(table_keys(stack.resources), tally, seed=conditions.seed),
        )
        address = await opened.enter_async_context(proxy.serving())
        fleet = Fleet(
            stack.processes,
            _environment(stack, address, conditions),
            tally,
            services=SERVICES,
            size=conditions.processes,
            seed=conditions.seed,
        )
        started = time.monotonic()
        fleet.start(max_skew_s=conditions.max_skew_s, python=BASELINE if conditions.kill_every_s else HERE)
        run = await _run_amid_kills(Pipeline(stack, observer), path, conditions, plan, fleet)
        depths = await _drained(observer, fleet)
        run_id = run.run_id if run else ""
        return Outcome(
            run=run,
            emails=await outcome.stored_emails(observer, run_id),
            records=await outcome.records(observer, run_id),
            tables=await outcome.tables(observer),
            announced=await asyncio.to_thread(subscriber.announced),
            finished_events=await outcome.finished_events(observer),
            depths=depths,
            dead_letters=await observer.dead_letters(),
            bill=proxy.bill,
            tally=tally,
            calls=plan.calls,
            seconds=time.monotonic() - started,
        )


def _environment(stack: EmbeddedStack, proxy: str, conditions: Conditions) -> dict[str, str]:
    """The services' settings: every endpoint is the proxy, and small parts make many messages."""
    proxied = {name: proxy for name in stack.variables if name.startswith(EMULATOR)}
    tuned = {
        "FONDLY_INGEST_PART_REVIEWS": str(conditions.part_reviews),
        "FONDLY_MAILER_CONVERSE_CONCURRENCY": str(conditions.parallel_emails),
    }
    return {**stack.variables, **proxied, **tuned, **MODEL}


async def _run_amid_kills(
    pipeline: Pipeline, path: Path, conditions: Conditions, plan: FaultPlan, fleet: Fleet
) -> Run | None:
    """Upload the file and kill processes until its run has ended; None if no run began in time."""
    ended = asyncio.Event()
    killing = asyncio.create_task(_kill(fleet, conditions, ended))
    await asyncio.to_thread(pipeline.upload, KEY, path)
    run: Run | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(conditions.timeout_s):
            while run is None or run.is_open:
                await asyncio.sleep(POLL_INTERVAL_S)
                fleet.restart_ended()
                pipeline.stack.check()
                run = await pipeline.observer.run_of(_source(pipeline))
    ended.set()
    await killing
    plan.odds = CALM
    return run


async def _kill(fleet: Fleet, conditions: Conditions, ended: asyncio.Event) -> None:
    if conditions.kill_every_s:
        await fleet.kill_at_random(
            every_s=conditions.kill_every_s, max_kills=conditions.max_kills, stop=ended
        )


def _source(pipeline: Pipeline) -> str:
    return f"s3://{pipeline.observer.objects.bucket}/uploads/{KEY}"


async def _drained(observer: Observer, fleet: Fleet) -> Mapping[str, Mapping[str, int]]:
    """Wait for the services' queues to drain, up to `DRAIN_TIMEOUT_S`; return their final depths."""
    depths: dict[str, dict[str, int]] = {}
    deadline = time.monotonic() + DRAIN_TIMEOUT_S
    while time.monotonic() < deadline:
        fleet.restart_ended()
        depths = {name: depth for name, depth in (await observer.queues()).items() if name != "ops"}
        if not any(sum(depth.values()) for depth in depths.values()):
            break
        await asyncio.sleep(POLL_INTERVAL_S)
    return depths
