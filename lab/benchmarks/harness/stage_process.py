"""One stage of a run in a process of its own: `python -m harness.stage_process FOLDER STAGE FILE`.

The service runs as in production, with its own wiring and its consumer, until its queue is empty; only the
AWS behind it is local. Every few seconds, and at the end, FILE says as JSON what the process took, and what
it asked of AWS. SIGTERM lets it finish the messages that it has; it exits with 3 if others are left.
"""

import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
import uvloop

from fondly.operations.topology import load_topology
from fondly.runtime import service
from fondly.runtime.logs import configure_logging
from fondly.runtime.process import collect_garbage_seldom
from fondly.runtime.runs.run import StageName
from fondly.runtime.settings import ServiceSettings, load_settings
from fondly.stack.provision import Resources
from harness.local_aws import Session
from harness.local_aws.queues import DEAD_LETTERS
from harness.local_aws.usage import MIB
from harness.profiles import Profiles

KIB_PER_MIB = 1024
LOOK_S = 0.1
SAVE_S = 5.0
LOOKS_PER_TENTH = 100
INTERRUPTED = 3
ACCOUNT = "000000000000"
PROFILED, SMTP_PORT = "FONDLY_MILLION_PROFILED", "FONDLY_SENDER_SMTP_PORT"


def environment() -> dict[str, str]:
    """Return what Terraform sets for every deployment: names, a role and raised quotas; and whom to send to.

    All else is by default.
    """
    topology = load_topology()
    resources = Resources(
        topic_arns={name: f"arn:aws:sns:eu-west-1:{ACCOUNT}:{name}" for name in topology.topics},
        queue_urls={name: name for name in topology.queues},
        tables={name: name for name in topology.tables},
        buckets={name: name for name in topology.buckets},
    )
    return {
        **resources.settings(),
        "FONDLY_PERSONALIZE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/fondly",
        "FONDLY_SENTIMENT_CALLS_PER_S": "1000",
        "FONDLY_MAILER_CONVERSE_RPM": "60000",
        "FONDLY_INGEST_CONSENT_NOT_REQUIRED": "made-up customers of a domain that cannot exist",
        "FONDLY_SENDER_TRANSPORT": "smtp",
        "FONDLY_SENDER_SMTP_SECURITY": "none",
        "FONDLY_SENDER_PER_S": "10000",
    }


def main() -> None:
    """Run the stage, and keep what it takes."""
    folder, stage, path = Path(sys.argv[1]), StageName(sys.argv[2]), Path(sys.argv[3])
    os.environ.update(environment())
    package = import_module(f"fondly.{stage}.__main__")
    kind = getattr(import_module(f"fondly.{stage}.settings"), f"{stage.capitalize()}Settings")
    settings: ServiceSettings = load_settings(kind)
    configure_logging(service=stage, level="WARNING")
    session = Session(folder)
    vars(service)["get_session"] = lambda: session
    took, profiles = Took(path, session), Profiles(on=PROFILED in os.environ)
    collect_garbage_seldom()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `run_process` does
            runner.run(_until_done(stage, settings, package.make_handler, took))
    finally:
        took.save(profiles.own_s())


class Took:
    """What the process has taken since its imports, in a file."""

    def __init__(self, path: Path, session: Session) -> None:
        self.session = session
        self._path = path
        self._started_s, self._cpu_s = time.monotonic(), _cpu_s()
        self._saved_s, self._process, self._resident = self._started_s, psutil.Process(), list[int]()

    def look(self) -> None:
        """Note what is resident; every few seconds, save."""
        self._resident.append(self._process.memory_info().rss)
        if time.monotonic() - self._saved_s >= SAVE_S:
            self._saved_s = time.monotonic()
            self.save()

    def save(self, profile: Mapping[str, float] = MappingProxyType({})) -> None:
        """Replace the file, as a whole."""
        facts = {
            "wall_s": time.monotonic() - self._started_s,
            "cpu_s": _cpu_s() - self._cpu_s,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB,
            "tenths_mib": self._tenths_mib(),
            "profile": dict(profile),
            **self.session.usage.facts(),
        }
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.replace(self._path)

    def _tenths_mib(self) -> list[float]:
        """What was resident in the second and in the last tenth of the time; nothing if that was short.

        In the first, a process has yet to read what it keeps.
        """
        tenth, seen = len(self._resident) // 10, self._resident
        if tenth < LOOKS_PER_TENTH:
            return []
        return [sum(some) / tenth / MIB for some in (seen[tenth : 2 * tenth], seen[-tenth:])]


async def _until_done(
    stage: StageName,
    settings: ServiceSettings,
    make_handler: Any,  # noqa: ANN401 - of any service
    took: Took,
) -> None:
    stop, queues = asyncio.Event(), took.session.queues
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serving = asyncio.create_task(service.serve(stage, settings, make_handler, stop=stop))
    dead_letters = f"{settings.queue_url}{DEAD_LETTERS}"
    while queues.left(settings.queue_url) and not queues.left(dead_letters) and not serving.done():
        await asyncio.sleep(LOOK_S)
        took.look()
    stop.set()
    await serving
    if dead := queues.left(dead_letters):
        raise SystemExit(f"{dead} messages of {stage} are dead letters")
    if queues.left(settings.queue_url):
        raise SystemExit(INTERRUPTED)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
