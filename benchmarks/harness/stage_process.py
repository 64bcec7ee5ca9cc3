"""One stage of a run in a process of its own: `python -m harness.stage_process FOLDER STAGE`.

The service runs as in production, with its own wiring and its consumer, until its queue is empty; only the
AWS behind it is local. Prints one line of JSON: what the process took, and what it asked of AWS.
"""

import asyncio
import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from encore.runtime import service
from encore.runtime.logs import configure_logging
from encore.runtime.runs.run import StageName
from encore.runtime.settings import ServiceSettings, load_settings
from encore.stack.topology import load_topology
from harness.local_aws import Session

KIB_PER_MIB = 1024
LOOK_S = 0.1
ACCOUNT = "000000000000"
SETTINGS = {
    StageName.INGEST: "IngestSettings",
    StageName.SENTIMENT: "SentimentSettings",
    StageName.RECOMMENDER: "RecommenderSettings",
    StageName.MAILER: "MailerSettings",
}


def environment() -> dict[str, str]:
    """Return what Terraform sets for every deployment: names and roles, and the quotas of the stand-ins.

    Nothing else is set: sizes, limits and intervals are the services' defaults.
    """
    topology = load_topology()
    named = {
        "TOPIC_ARN": {name: f"arn:aws:sns:eu-west-1:{ACCOUNT}:{name}" for name in topology.topics},
        "QUEUE_URL": {name: name for name in topology.queues},
        "TABLE": {name: name for name in topology.tables},
        "BUCKET": {name: name for name in topology.buckets},
    }
    resources = {
        f"ENCORE_{name.upper().replace('-', '_')}_{kind}": value
        for kind, values in named.items()
        for name, value in values.items()
    }
    roles = {
        f"ENCORE_{name}_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/encore"
        for name in ("PERSONALIZE", "SENTIMENT_JOB", "MAILER_BATCH")
    }
    quotas = {"ENCORE_SENTIMENT_CALLS_PER_S": "1000", "ENCORE_MAILER_CONVERSE_RPM": "60000"}
    return resources | roles | quotas


def main() -> None:
    """Run the stage, and print what it took."""
    folder, stage = Path(sys.argv[1]), StageName(sys.argv[2])
    os.environ.update(environment())
    package = import_module(f"encore.{stage}.__main__")
    kind = getattr(import_module(f"encore.{stage}.settings"), SETTINGS[stage])
    settings: ServiceSettings = load_settings(kind)
    sys.stdout, results = sys.stderr, sys.stdout  # logs and metrics go to standard output
    configure_logging(service=stage, level="WARNING")
    session = Session(folder)
    vars(service)["get_session"] = lambda: session
    started_s, cpu_s = time.monotonic(), _cpu_s()
    asyncio.run(_until_done(stage, settings, package.make_handler, session))
    facts = {
        "wall_s": time.monotonic() - started_s,
        "cpu_s": _cpu_s() - cpu_s,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB,
        **session.usage.facts(),
    }
    results.write(json.dumps(facts) + "\n")


async def _until_done(
    stage: StageName,
    settings: ServiceSettings,
    make_handler: Any,  # noqa: ANN401 - of any service
    session: Session,
) -> None:
    stop = asyncio.Event()
    serving = asyncio.create_task(service.serve(stage, settings, make_handler, stop=stop))
    while session.queues.left(settings.queue_url) and not serving.done():  # noqa: ASYNC110 - another process may send
        await asyncio.sleep(LOOK_S)
    stop.set()
    await serving
    if dead := session.queues.left(f"{settings.queue_url}-dlq"):
        raise SystemExit(f"{dead} messages of {stage} are dead letters")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
