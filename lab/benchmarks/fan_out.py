"""The recommender service: what a customer costs, and how one run spreads over several of its processes.

Every number of processes has a stack of its own: emulator, understudy's Personalize, and recommenders. Only
what the recommenders do is counted, before the training and after it. Clock times on a shared machine say
little; the share of the CPU time that the busiest process has used says how long the run takes where every
process has a core. Exits with 1 when a limit is missed.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from aiobotocore.session import get_session
from rich.console import Console
from rich.table import Table

from fondly.contracts.events import SentimentScored
from fondly.recommender.domain.run_state import TRAINING, Phase, RecommenderState
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.runs.run import Run, StageName
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from harness.processes import cpu_seconds
from harness.scored_run import ScoredRun

RUN = "run-0123456789abcdef"
SERVICE = "fondly.recommender"
SELECTING = frozenset({Phase.WEIGH, Phase.SELECT})
POLL_S = 0.1
LONGEST_S = 1_800
MAX_SHARE = 0.65
"""Limit for the busiest of two processes, of the CPU time of both."""
MAX_COST = 1.35
"""Limit for the CPU time of several processes, of that of one: each makes the shop for itself."""


@dataclass(frozen=True)
class Measured:
    """Seconds and CPU seconds by process, of what precedes the training and of what follows it."""

    learn_s: float
    learn_cpu_s: list[float]
    select_s: float
    select_cpu_s: list[float]

    @property
    def cpu_s(self) -> list[float]:
        """The CPU seconds of each process."""
        return [one + other for one, other in zip(self.learn_cpu_s, self.select_cpu_s, strict=True)]

    @property
    def busiest(self) -> float:
        """The busiest process's share of all CPU time."""
        return max(self.cpu_s) / sum(self.cpu_s)


def main() -> int:
    """Measure, print the table and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    run = ScoredRun(options.customers)
    found = {count: measured(run, count) for count in options.processes}
    show(run, found)
    missed = list(_missed(found))
    for line in missed:
        Console(stderr=True).print(line)
    return 1 if missed else 0


def show(run: ScoredRun, found: dict[int, Measured]) -> None:
    """Print what was measured."""
    table = Table("processes", "learn s", "select s", "learn CPU ms", "select CPU ms", "CPU s", "busiest")
    for count, one in found.items():
        table.add_row(
            str(count),
            f"{one.learn_s:.1f}",
            f"{one.select_s:.1f}",
            f"{sum(one.learn_cpu_s) / run.customers * 1000:.2f}",
            f"{sum(one.select_cpu_s) / run.customers * 1000:.2f}",
            " + ".join(f"{each:.1f}" for each in one.cpu_s),
            f"{one.busiest:.0%}",
        )
    table.caption = f"{run.customers:,} customers in {run.parts} parts; CPU ms per customer, of all processes"
    Console().print(table)


def measured(run: ScoredRun, processes: int) -> Measured:
    """Take the run through so many recommenders."""
    with TemporaryDirectory() as folder, embedded_stack(Path(folder), services=()) as stack:
        return asyncio.run(_measured(stack, run, processes))


def _missed(found: dict[int, Measured]) -> Iterator[str]:
    least = min(found)
    for count, one in found.items():
        cost = sum(one.cpu_s) / sum(found[least].cpu_s)
        if cost > MAX_COST:
            yield f"{count} processes: {cost:.2f} times the CPU time of {least}, at most {MAX_COST}"
        if count == 2 and one.busiest > MAX_SHARE:  # noqa: PLR2004 - as MAX_SHARE says
            yield f"the busiest of two processes did {one.busiest:.0%} of the work, at most {MAX_SHARE:.0%}"


async def _measured(stack: EmbeddedStack, run: ScoredRun, processes: int) -> Measured:
    async with observe(stack.resources) as observer:
        await observer.ledger.open_run(RUN, source="s3://data/uploads/file.csv")
        await observer.ledger.set_parts(RUN, run.parts)
        await run.store(observer.objects, RUN)
        for number in range(processes):
            stack.processes.start(f"recommender-{number}", ["-m", SERVICE], {})
        await asyncio.sleep(POLL_S * 50)  # until they receive
        living = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
        workers = [each for each in living if each.cmdline()[-1] == SERVICE]
        clock = _Clock(stack, observer, workers)
        start = clock.now()
        await _announce(stack, run)
        learned = await clock.when(_is_learned)
        ranked = await clock.when(lambda run: RecommenderState.of(run).phase in SELECTING)
        ended = await clock.when(lambda run: not run.parts_to_do(StageName.RECOMMENDER))
    return Measured(
        learn_s=learned.at - start.at,
        learn_cpu_s=_between(start, learned),
        select_s=ended.at - ranked.at,
        select_cpu_s=_between(ranked, ended),
    )


@dataclass(frozen=True)
class _Moment:
    at: float
    cpu_s: list[float]


@dataclass(frozen=True)
class _Clock:
    stack: EmbeddedStack
    observer: Observer
    workers: list[psutil.Process]

    def now(self) -> _Moment:
        return _Moment(time.monotonic(), [cpu_seconds(each) for each in self.workers])

    async def when(self, holds: Callable[[Run], bool]) -> _Moment:
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline:
            self.stack.check()
            run = await self.observer.ledger.run(RUN)
            if not run.is_open:
                raise RuntimeError(f"the run has failed: {run.reason}")
            if holds(run):
                return self.now()
            await asyncio.sleep(POLL_S)
        raise RuntimeError(f"the run did not get there within {LONGEST_S} s")


def _is_learned(run: Run) -> bool:
    return RecommenderState.of(run).phase in {*TRAINING, *SELECTING}


def _between(one: _Moment, other: _Moment) -> list[float]:
    return [after - before for before, after in zip(one.cpu_s, other.cpu_s, strict=True)]


async def _announce(stack: EmbeddedStack, run: ScoredRun) -> None:
    async with get_session().create_client("sns") as sns:
        announcer = SNSAnnouncer(Publisher(sns), source="sentiment", topic_arns=stack.resources.topic_arns)
        await announcer.announce(RUN, SentimentScored(parts=run.parts, reviews=run.customers))


if __name__ == "__main__":
    sys.exit(main())
