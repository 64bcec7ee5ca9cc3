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
from importlib import import_module
from pathlib import Path
from typing import Any

from fondly.operations.topology import load_topology
from fondly.runtime import service
from fondly.runtime.logs import configure_logging
from fondly.runtime.runs.run import StageName
from fondly.runtime.settings import ServiceSettings, load_settings
from fondly.stack.provision import Resources
from harness.local_aws import Session

KIB_PER_MIB = 1024
LOOK_S = 0.1
SAVE_S = 10.0
INTERRUPTED = 3
ACCOUNT = "000000000000"
SETTINGS = {
    StageName.INGEST: "IngestSettings",
    StageName.SENTIMENT: "SentimentSettings",
    StageName.RECOMMENDER: "RecommenderSettings",
    StageName.MAILER: "MailerSettings",
}


def environment() -> dict[str, str]:
    """Return what Terraform sets for every deployment: names, a role and quotas; all else is by default."""
    topology = load_topology()
    resources = Resources(
        topic_arns={name: f"arn:aws:sns:eu-west-1:{ACCOUNT}:{name}" for name in topology.topics},
        queue_urls={name: name for name in topology.queues},
        tables={name: name for name in topology.tables},
        buckets={name: name for name in topology.buckets},
    )
    role = {"FONDLY_PERSONALIZE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/fondly"}
    quotas = {"FONDLY_SENTIMENT_CALLS_PER_S": "1000", "FONDLY_MAILER_CONVERSE_RPM": "60000"}
    return resources.settings() | role | quotas


def main() -> None:
    """Run the stage, and keep what it takes."""
    folder, stage, path = Path(sys.argv[1]), StageName(sys.argv[2]), Path(sys.argv[3])
    os.environ.update(environment())
    package = import_module(f"fondly.{stage}.__main__")
    kind = getattr(import_module(f"fondly.{stage}.settings"), SETTINGS[stage])
    settings: ServiceSettings = load_settings(kind)
    configure_logging(service=stage, level="WARNING")
    session = Session(folder)
    vars(service)["get_session"] = lambda: session
    took = Took(path, session)
    try:
        asyncio.run(_until_done(stage, settings, package.make_handler, took))
    finally:
        took.save()


class Took:
    """What the process has taken since its imports, in a file."""

    def __init__(self, path: Path, session: Session) -> None:
        self.session = session
        self._path = path
        self._started_s, self._cpu_s = time.monotonic(), _cpu_s()

    def save(self) -> None:
        """Replace the file, as a whole."""
        facts = {
            "wall_s": time.monotonic() - self._started_s,
            "cpu_s": _cpu_s() - self._cpu_s,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB,
            **self.session.usage.facts(),
        }
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.replace(self._path)


async def _until_done(
    stage: StageName,
    settings: ServiceSettings,
    make_handler: Any,  # noqa: ANN401 - of any service
    took: Took,
) -> None:
    stop, queues, saved_s = asyncio.Event(), took.session.queues, time.monotonic()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serving = asyncio.create_task(service.serve(stage, settings, make_handler, stop=stop))
    while queues.left(settings.queue_url) and not serving.done():
        await asyncio.sleep(LOOK_S)
        if time.monotonic() - saved_s >= SAVE_S:
            saved_s = time.monotonic()
            took.save()
    stop.set()
    await serving
    if dead := queues.left(f"{settings.queue_url}-dlq"):
        raise SystemExit(f"{dead} messages of {stage} are dead letters")
    if queues.left(settings.queue_url):
        raise SystemExit(INTERRUPTED)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
