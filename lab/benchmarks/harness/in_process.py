"""A stage of a run in this process: the service as in production, but for the AWS behind it, which is local.

Only what all releases have is used: the service's entry point, its settings, and AWS.
"""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from fondly.contracts import object_keys
from fondly.operations.topology import load_topology
from fondly.runtime import service
from fondly.runtime.logs import configure_logging
from fondly.runtime.settings import ServiceSettings, load_settings
from fondly.stack.provision import Resources
from harness.local_aws import Session
from harness.local_aws.queues import DEAD_LETTERS

LOOK_S = 0.05
ACCOUNT = "000000000000"
UPLOADS_QUEUE = "ingest-uploads"


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


def settings_of(stage: str) -> ServiceSettings:
    """Return a service's settings, set in the environment as well."""
    os.environ.update(environment())
    configure_logging(service=stage, level="WARNING")
    module = import_module(f"fondly.{stage}.settings")
    found: ServiceSettings = load_settings(getattr(module, f"{stage.capitalize()}Settings"))
    return found


@contextmanager
def uploading(session: Session, name: str) -> Iterator[Path]:
    """Yield where to write a file; ingest is told of it then."""
    key = f"{object_keys.UPLOADS}{name}"
    path = session.objects.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    entity = {"bucket": {"name": "data"}, "object": {"key": key, "size": path.stat().st_size, "eTag": "0"}}
    told = {"Records": [{"eventName": "ObjectCreated:Put", "s3": entity}]}
    session.queues.send(UPLOADS_QUEUE, json.dumps(told), {})


async def until_done(
    stage: str, settings: ServiceSettings, session: Session, look: Callable[[], None] = lambda: None
) -> None:
    """Run a service until its queue is empty, or SIGTERM comes; exit if a message becomes a dead letter.

    Meanwhile `look` is called, every `LOOK_S`.
    """
    vars(service)["get_session"] = lambda: session
    stop, make_handler = asyncio.Event(), import_module(f"fondly.{stage}.__main__").make_handler
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    serving = asyncio.create_task(service.serve(stage, settings, make_handler, stop=stop))
    left, dead_letters = session.queues.left, f"{settings.queue_url}{DEAD_LETTERS}"
    while left(settings.queue_url) and not left(dead_letters) and not serving.done():
        await asyncio.sleep(LOOK_S)
        look()
    stop.set()
    await serving
    if dead := left(dead_letters):
        raise SystemExit(f"{dead} messages of {stage} are dead letters")
