"""The stack of docker-compose.yml, seen from the host; it is started and stopped by `docker compose`."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from encore.stack.embedded import REGION, STAGE, Stack, await_answer, exported
from encore.stack.provision import provision
from encore.stack.topology import TOPOLOGY, load_topology

ENDPOINT = "http://127.0.0.1:4566"


@contextmanager
def compose_stack(log_dir: Path, *, endpoint: str = ENDPOINT, topology: Path = TOPOLOGY) -> Iterator[Stack]:
    """Yield the running stack whose emulator answers at `endpoint`; keep what its containers log meanwhile.

    Raise `StackNotReadyError` when nothing answers. Provisioning again changes nothing, and it tells where
    everything is.
    """
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
    with exported(environment):
        await_answer(endpoint)
        resources = provision(load_topology(topology), stage=STAGE, region=REGION)
        started = datetime.now(UTC)
        try:
            yield Stack(resources, environment | resources.environment())
        finally:
            _keep_logs(started, log_dir)


def _keep_logs(since: datetime, log_dir: Path) -> None:
    """Fetch the containers' logs, if this host has the means: a run elsewhere does without."""
    docker = shutil.which("docker")
    if docker is None:
        return
    log_dir.mkdir(parents=True, exist_ok=True)
    with (log_dir / "compose.log").open("wb") as out:
        command = [docker, "compose", "--ansi=never", "logs", "--no-color", "--since", since.isoformat()]
        subprocess.run(command, stdout=out, stderr=out, check=False)  # noqa: S603 - no outside input
