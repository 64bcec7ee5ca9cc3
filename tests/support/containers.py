"""Docker for tests: a compose project as a value, and what its containers are and do.

testcontainers' `DockerCompose` starts and stops a project and no more; scaling, upgrading and crashing its
services takes the command itself. A container of its own is testcontainers' `DockerContainer`.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import docker
from docker.models.containers import Container


class ComposeFailedError(Exception):
    """A `docker compose` command failed; the message is what it said."""


@dataclass(frozen=True)
class Compose:
    """A compose project; `environment` holds COMPOSE_PROJECT_NAME, COMPOSE_FILE and what the files take."""

    engine: docker.DockerClient
    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str, **environment: str) -> str:
        """Run `docker compose` and return what it printed; raise `ComposeFailedError`."""
        done = subprocess.run(  # noqa: S603 - no shell, and no input from outside the tests
            ["docker", "compose", "--ansi=never", *arguments],  # noqa: S607 - wherever this machine has it
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ComposeFailedError(f"docker compose {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def services(self, **environment: str) -> dict[str, dict[str, Any]]:
        """The project's services, as compose understands its files."""
        return dict(json.loads(self("config", "--format=json", **environment))["services"])

    def containers(self, service: str) -> list[Container]:
        """The service's containers as they are now, ended ones too."""
        project = self.environment["COMPOSE_PROJECT_NAME"]
        labels = [f"com.docker.compose.project={project}", f"com.docker.compose.service={service}"]
        return list(self.engine.containers.list(all=True, ignore_removed=True, filters={"label": labels}))

    def crash(self, container: Container, *, tool_image: str) -> None:
        """End the container's first process as a crash would: `docker kill` does not count as one.

        A signal to process 1 takes effect from outside its container only: here from one that sees all. A
        container that is paused dies before it does anything more.
        """
        self.engine.containers.run(
            tool_image,
            ["-c", f"kill -9 {container.attrs['State']['Pid']}"],
            entrypoint="/bin/sh",
            user="0",
            pid_mode="host",
            tmpfs={"/tmp": ""},  # noqa: S108 - in the container: instead of a volume that would be left behind
            remove=True,
        )
        if container.status == "paused":
            container.unpause()


def exit_code(container: Container) -> int:
    """What an ended container came to."""
    return int(container.attrs["State"]["ExitCode"])


def restarts(container: Container) -> int:
    """How often the engine started the container again."""
    return int(container.attrs["RestartCount"])


def said(container: Container) -> str:
    """What the container has written to its output and error."""
    return container.logs().decode()
