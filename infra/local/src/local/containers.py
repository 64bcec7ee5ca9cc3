"""Docker for tests: a compose project as a value, and what its containers are and do."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


class DockerFailedError(Exception):
    """A `docker` command failed; the message is what it said."""


def docker(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run `docker` and return what it printed on standard output; raise `DockerFailedError`."""
    done = subprocess.run(  # noqa: S603 - no shell, and no input from outside the tests
        ["docker", *arguments],  # noqa: S607 - wherever this machine has it
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DockerFailedError(f"docker {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Container:
    """A container of a service as it was when it was looked at."""

    name: str
    service: str
    index: str
    image: str
    pid: int
    status: str
    health: str
    exit_code: int
    restarts: int

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Read what `docker inspect` says."""
        state, labels = found["State"], found["Config"]["Labels"]
        return cls(
            name=found["Name"].removeprefix("/"),
            service=labels["com.docker.compose.service"],
            index=labels["com.docker.compose.container-number"],
            image=found["Config"]["Image"],
            pid=state["Pid"],
            status=state["Status"],
            health=state.get("Health", {}).get("Status", ""),
            exit_code=state["ExitCode"],
            restarts=found["RestartCount"],
        )


@dataclass(frozen=True)
class Compose:
    """A compose project; `environment` holds COMPOSE_PROJECT_NAME, COMPOSE_FILE and what the files take."""

    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str, **environment: str) -> str:
        """Run `docker compose` and return what it printed; raise `DockerFailedError`."""
        return docker("compose", "--ansi=never", *arguments, environment={**self.environment, **environment})

    def containers(self, service: str) -> list[Container]:
        """The service's containers, ended ones too."""
        ids = self("ps", "--all", "--quiet", service).split()
        return [Container.of(found) for found in json.loads(docker("inspect", *ids))] if ids else []

    def logs(self, container: Container) -> str:
        """What a container has said."""
        return self("logs", "--no-color", "--no-log-prefix", f"--index={container.index}", container.service)

    def crash(self, service: str, *, tool_image: str) -> None:
        """End the service's first process as a crash would: `docker kill` does not count as one.

        A signal to process 1 takes effect from outside its container only: here from one that sees all.
        """
        [container, *_] = self.containers(service)
        docker(
            *("run", "--rm", "--pid=host", "--user=0", "--entrypoint=/bin/sh"),
            *(tool_image, "-c", f"kill -9 {container.pid}"),
        )
