"""Services at a quota of a twentieth of what one of their processes would ask for.

They are the very processes, on an embedded stack; understudy throttles as AWS does. Exits with 1 when a
message becomes a dead letter, something is missing at the end, less than 90 % of the quota is used, 5 % of
the calls are throttled, or too few calls were made to tell.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import exported
from fondly.runtime.runs.run import StageName
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from harness.begun import begun
from tests.support.finished_runs import email_records

LEAST_USED, MOST_THROTTLED = 0.9, 0.05
LEAST_CALLS = 250
"""Of a shorter run, start and end are most: customers share prompts, so more products take more calls."""
SHARE = 20.0
"""How many times the quota one process would ask for."""
PROBE_S, RUN_S = 0.25, 900.0


@dataclass(frozen=True)
class Stage:
    """A stage whose calls have a quota, with a file that takes two to three minutes of calls."""

    name: StageName
    operations: tuple[str, ...]
    parallel: int
    """Calls that one process has under way by default."""
    latency_s: float
    customers: int
    products: int
    part_reviews: int

    @property
    def calls_per_s(self) -> float:
        """The quota."""
        return self.parallel / self.latency_s / SHARE

    def environment(self) -> dict[str, str]:
        """The stand-in's quota, what the services are told of it, and the size of parts."""
        per_s, per_min, latency = str(self.calls_per_s), str(self.calls_per_s * 60), str(self.latency_s)
        return {
            StageName.MAILER: {
                "UNDERSTUDY_CONVERSE_RPM": per_min,
                "UNDERSTUDY_CONVERSE_LATENCY_S": latency,
                "FONDLY_MAILER_CONVERSE_RPM": per_min,
            },
            StageName.SENTIMENT: {
                "UNDERSTUDY_COMPREHEND_TPS": per_s,
                "UNDERSTUDY_COMPREHEND_LATENCY_S": latency,
                "FONDLY_SENTIMENT_CALLS_PER_S": per_s,
            },
        }[self.name] | {"FONDLY_INGEST_PART_REVIEWS": str(self.part_reviews)}


MAILER = Stage(StageName.MAILER, ("Converse",), 64, 1.0, 360, 36, 20)
SENTIMENT = Stage(StageName.SENTIMENT, ("BatchDetectSentiment", "DetectSentiment"), 8, 0.1, 6_000, 300, 250)


@dataclass(frozen=True)
class Outcome:
    """What became of a run and of its calls."""

    made: int
    """Emails, or parts of which every text was answered."""
    wanted: int
    dead_letters: int
    calls: int
    throttled: int
    seconds: float
    """From the first call to the last."""
    quota_per_s: float

    @property
    def used(self) -> float:
        """The share of the quota that was used."""
        return (self.calls - self.throttled) / (self.quota_per_s * self.seconds)

    @property
    def throttled_share(self) -> float:
        """The share of the calls that were throttled."""
        return self.throttled / max(1, self.calls)

    @property
    def is_within_limits(self) -> bool:
        """Whether it is as it should be."""
        return (
            self.made == self.wanted
            and not self.dead_letters
            and self.calls >= LEAST_CALLS
            and self.used >= LEAST_USED
            and self.throttled_share < MOST_THROTTLED
        )

    def cells(self) -> tuple[str, ...]:
        """Return it as texts."""
        return (
            f"{self.quota_per_s:.2f}/s",
            f"{self.made:,} of {self.wanted:,}",
            str(self.dead_letters),
            f"{self.seconds:.0f}",
            f"{self.used:.1%}",
            f"{self.throttled} of {self.calls} ({self.throttled_share:.1%})",
        )


def main() -> int:
    """Measure every case and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 6], help="default %(default)s")
    table = Table("", "workers", "quota", "made", "dead letters", "seconds", "used", "throttled")
    outcomes = []
    for stage in (MAILER, SENTIMENT):
        for workers in parser.parse_args().workers:
            with TemporaryDirectory() as folder:
                outcome = asyncio.run(measure(stage, workers, Path(folder)))
            outcomes.append(outcome)
            table.add_row(stage.name, str(workers), *outcome.cells())
    Console().print(table)
    return int(not all(each.is_within_limits for each in outcomes))


async def measure(stage: Stage, workers: int, folder: Path) -> Outcome:
    """Run a sample through the stages up to that of the case."""
    path = folder / "sample.csv"
    facts = write_sample(path, customers=stage.customers, products=stage.products)
    with _running(stage, workers, folder) as stack:
        async with observe(stack.resources) as observer:
            run_id = await begun(stack, observer, path)
            seen, seconds = await _followed(stage, stack, observer, run_id)
            run = await observer.ledger.run(run_id)
            dead_letters = sum((await observer.dead_letters()).values())
            emails = len(await email_records(observer, run_id))
    mailed = stage.name is StageName.MAILER
    return Outcome(
        made=emails if mailed else len(run.stage(stage.name).done),
        wanted=facts.customers if mailed else run.parts or 0,
        dead_letters=dead_letters,
        calls=seen.total(),
        throttled=seen["ThrottlingException"],
        seconds=seconds,
        quota_per_s=stage.calls_per_s,
    )


@contextmanager
def _running(stage: Stage, workers: int, folder: Path) -> Iterator[EmbeddedStack]:
    with (
        exported(stage.environment()),
        embedded_stack(folder / "logs", services=()) as stack,
        exported(stage.environment()),
    ):
        stages = [*StageName]
        for service in (*stages[: stages.index(stage.name)], *[stage.name] * workers):
            stack.processes.start(service, ["-m", f"fondly.{service}"], {})
        yield stack


async def _followed(
    stage: Stage, stack: EmbeddedStack, observer: Observer, run_id: str
) -> tuple[Counter[str], float]:
    """Watch the calls until the stage is complete; return how many there were and how long they took."""
    url = f"{stack.variables['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage"
    deadline, seen = time.monotonic() + RUN_S, Counter[str]()
    first = last = 0.0
    while time.monotonic() < deadline:
        stack.check()
        now, found = time.monotonic(), await asyncio.to_thread(_usage, url, stage.operations)
        if found.total() > seen.total():
            first, last, seen = first or now, now, found
        run = await observer.ledger.run(run_id)
        if run.stage(stage.name).announced or not run.is_open:
            break
        await asyncio.sleep(PROBE_S)
    return seen, max(PROBE_S, last - first)


def _usage(url: str, operations: tuple[str, ...]) -> Counter[str]:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - our own server
        usage = json.load(response)
    names = ("ok", "ThrottlingException", "InternalServerException")
    return Counter({name: sum(usage.get(each, {}).get(name, 0) for each in operations) for name in names})


if __name__ == "__main__":
    sys.exit(main())
