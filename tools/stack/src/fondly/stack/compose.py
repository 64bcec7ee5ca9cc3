"""The stack of docker-compose.yml as the host reaches it; `docker compose` starts and stops it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from fondly.contracts.clock import utc_now
from fondly.operations.topology import TOPOLOGY, load_topology
from fondly.stack.embedded import REGION, Stack, attached_stack, await_answer
from fondly.stack.processes import StackNotReadyError

ENDPOINT = "http://127.0.0.1:4566"


@contextmanager
def compose_stack(log_dir: Path, *, endpoint: str = ENDPOINT, topology: Path = TOPOLOGY) -> Iterator[Stack]:
    """Yield the stack at `endpoint`, and keep its logs; raise `StackNotReadyError` if nothing answers."""
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
    try:
        await_answer(endpoint)
    except StackNotReadyError as error:
        raise StackNotReadyError(f"{error}: `docker compose up -d --build` starts the stack") from error
    with attached_stack(environment, topology=load_topology(topology)) as stack:
        started = utc_now()
        try:
            yield stack
        finally:
            _keep_logs(started, log_dir)


def _keep_logs(since: datetime, log_dir: Path) -> None:
    """Write the containers' logs to `log_dir`; without a `docker` command on this host, write none."""
    docker = shutil.which("docker")
    if docker is None:
        return
    log_dir.mkdir(parents=True, exist_ok=True)
    with (log_dir / "compose.log").open("wb") as out:
        command = [docker, "compose", "--ansi=never", "logs", "--no-color", "--since", since.isoformat()]
        subprocess.run(command, stdout=out, stderr=out, check=False)  # noqa: S603 - no outside input
