"""The services on an embedded stack whose Converse or Comprehend has a quota; what became of its calls."""

import asyncio
import json
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from fondly.contracts import object_keys
from fondly.evaluation.sample import write_sample
from fondly.operations.local_stack import exported
from fondly.runtime.runs.run import StageName
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from tests.support.finished_runs import email_records

PROBE_S = 0.25
HISTORY = "calls.json"
"""Seconds since the first call, and calls until then, in the folder of a case."""
RUN_S = 900.0
PARALLEL = {StageName.MAILER: 64, StageName.SENTIMENT: 8}
"""Calls that one process has under way by default."""
OPERATIONS = {
    StageName.MAILER: ("Converse",),
    StageName.SENTIMENT: ("BatchDetectSentiment", "DetectSentiment"),
}
BEFORE = {
    StageName.MAILER: (StageName.INGEST, StageName.SENTIMENT, StageName.RECOMMENDER),
    StageName.SENTIMENT: (StageName.INGEST,),
}


@dataclass(frozen=True)
class Case:
    """One measurement."""

    stage: StageName
    workers: int
    customers: int
    products: int
    part_reviews: int
    latency_s: float
    share: float
    """How many times the quota one worker would ask for."""
    configured: float
    """The configured quota, relative to the real one."""

    @property
    def calls_per_s(self) -> float:
        """The real quota."""
        return PARALLEL[self.stage] / self.latency_s / self.share

    def environment(self) -> dict[str, str]:
        """The stand-in's quota, and what the services are told of it."""
        real, told, latency = self.calls_per_s, self.calls_per_s * self.configured, str(self.latency_s)
        if self.stage is StageName.MAILER:
            return {
                "UNDERSTUDY_CONVERSE_RPM": str(real * 60),
                "UNDERSTUDY_CONVERSE_LATENCY_S": latency,
                "FONDLY_MAILER_CONVERSE_RPM": str(told * 60),
            }
        return {
            "UNDERSTUDY_COMPREHEND_TPS": str(real),
            "UNDERSTUDY_COMPREHEND_LATENCY_S": latency,
            "FONDLY_SENTIMENT_CALLS_PER_S": str(told),
        }


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


async def measure(case: Case, folder: Path) -> Outcome:
    """Run a sample through the stages up to that of the case."""
    path = folder / "sample.csv"
    facts = write_sample(path, customers=case.customers, products=case.products)
    with _running(case, folder) as stack:
        bucket = stack.resources.buckets["data"]
        key = f"{object_keys.UPLOADS}{path.name}"
        async with observe(stack.resources) as observer:
            await asyncio.to_thread(boto3.client("s3").upload_file, str(path), bucket, key)
            seen, seconds = await _followed(case, stack, observer, f"s3://{bucket}/{key}", folder)
            run = await observer.run_of(f"s3://{bucket}/{key}")
            if run is None:
                raise RuntimeError("the run has not begun")
            dead_letters = sum((await observer.dead_letters()).values())
            emails = len(await email_records(observer, run.run_id))
    mailed = case.stage is StageName.MAILER
    return Outcome(
        made=emails if mailed else len(run.stage(case.stage).done),
        wanted=facts.customers if mailed else run.parts or 0,
        dead_letters=dead_letters,
        calls=seen.total(),
        throttled=seen["ThrottlingException"],
        seconds=seconds,
        quota_per_s=case.calls_per_s,
    )


@contextmanager
def _running(case: Case, folder: Path) -> Iterator[EmbeddedStack]:
    own = {"FONDLY_INGEST_PART_REVIEWS": str(case.part_reviews)}
    with (
        exported(case.environment()),
        embedded_stack(folder / "logs", services=()) as stack,
        exported(own | case.environment()),
    ):
        for service in (*BEFORE[case.stage], *[case.stage] * case.workers):
            stack.processes.start(service, ["-m", f"fondly.{service}"], {})
        yield stack


async def _followed(
    case: Case, stack: EmbeddedStack, observer: Observer, source: str, folder: Path
) -> tuple[Counter[str], float]:
    """Watch the calls until the stage is complete; return how many there were and how long they took."""
    usage_url = f"{stack.variables['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage"
    deadline, seen = time.monotonic() + RUN_S, Counter[str]()
    history: list[tuple[float, int]] = []
    first = last = 0.0
    while time.monotonic() < deadline:
        stack.check()
        now, found = time.monotonic(), await asyncio.to_thread(_usage, usage_url, case.stage)
        if found.total() > seen.total():
            first, last, seen = first or now, now, found
            history.append((now - first, found.total()))
        run = await observer.run_of(source)
        if run and (run.stage(case.stage).announced or not run.is_open):
            break
        await asyncio.sleep(PROBE_S)
    (folder / HISTORY).write_text(json.dumps(history))
    return seen, max(PROBE_S, last - first)


def _usage(url: str, stage: StageName) -> Counter[str]:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - our own server
        usage = json.load(response)
    names = ("ok", "ThrottlingException", "InternalServerException")
    return Counter(
        {
            name: sum(usage.get(operation, {}).get(name, 0) for operation in OPERATIONS[stage])
            for name in names
        }
    )
