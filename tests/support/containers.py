"""A Docker Compose project and its containers, for tests.

testcontainers' `DockerCompose` only starts and stops a project; scaling, upgrading and crashing its services
needs the command itself. For single containers the tests use testcontainers' `DockerContainer`.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import docker
from docker.models.containers import Container


class ComposeFailedError(Exception):
    """A `docker compose` command failed; the message is its error output."""


@dataclass(frozen=True)
class Compose:
    """A compose project; `environment` has COMPOSE_PROJECT_NAME, COMPOSE_FILE and the files' variables."""

    engine: docker.DockerClient
    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str, **environment: str) -> str:
        """Run `docker compose` and return its output; raise `ComposeFailedError` if it fails."""
        result = subprocess.run(  # noqa: S603 - no shell, and no input from outside the tests
            ["docker", "compose", "--ansi=never", *arguments],  # noqa: S607 - found on the PATH
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ComposeFailedError(f"docker compose {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def services(self, **environment: str) -> dict[str, dict[str, Any]]:
        """The project's services as compose resolves its files."""
        return dict(json.loads(self("config", "--format=json", **environment))["services"])

    def containers(self, service: str) -> list[Container]:
        """The service's current containers, including stopped ones."""
        project = self.environment["COMPOSE_PROJECT_NAME"]
        labels = [f"com.docker.compose.project={project}", f"com.docker.compose.service={service}"]
        return list(self.engine.containers.list(all=True, ignore_removed=True, filters={"label": labels}))

    def crash(self, container: Container, *, tool_image: str) -> None:
        """Kill the container's first process as a crash would: Docker does not count `docker kill` as one.

        Process 1 can be killed only from outside its container: here from one in the host's PID namespace. A
        paused container dies before it runs again.
        """
        self.engine.containers.run(
            tool_image,
            ["-c", f"kill -9 {container.attrs['State']['Pid']}"],
            entrypoint="/bin/sh",
            user="0",
            pid_mode="host",
            tmpfs={"/tmp": ""},  # noqa: S108 - in the container; avoids a leftover volume
            remove=True,
        )
        if container.status == "paused":
            container.unpause()


def exit_code(container: Container) -> int:
    """The exit code of a stopped container."""
    return int(container.attrs["State"]["ExitCode"])


def restarts(container: Container) -> int:
    """How often Docker has restarted the container."""
    return int(container.attrs["RestartCount"])


def said(container: Container) -> str:
    """The container's standard output and error."""
    return container.logs().decode()
