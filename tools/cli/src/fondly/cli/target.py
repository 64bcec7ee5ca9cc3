"""Which environment of which account and region a command addresses."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from botocore.session import Session
from pydantic import ValidationError
from yaml import YAMLError

from fondly.cli.errors import CommandError
from fondly.cli.output import say
from fondly.stack import topology as topologies
from fondly.stack.background import BackgroundStack, running_stack
from fondly.stack.embedded import ENVIRONMENT, exported

CHOICES = ("AWS_ENDPOINT_URL", "AWS_PROFILE")
"""Variables that name an account, and so rule out the local stack."""
_URL = re.compile(r"https?://[^/\s]+(/\S*)?")


class Target(NamedTuple):
    """An environment and its region; endpoint and credentials are those of the AWS SDK."""

    environment: str
    region: str


@contextmanager
def target(environment: str | None, region: str | None) -> Iterator[Target]:
    """Yield the target; raise `CommandError` if it has no region or a malformed endpoint.

    If neither an environment nor an account is named and a local stack is running, it is the target, and its
    variables are set meanwhile.
    """
    local = None if environment or any(os.environ.get(name) for name in CHOICES) else running_stack()
    if local:
        say(f"using the local stack ({local.variables['AWS_ENDPOINT_URL']}); `fondly down` stops it")
    with exported(local.variables if local else {}):
        _check_endpoints()
        yield Target(environment or _local_environment(local), region or _region())


def load_topology(path: Path | None) -> topologies.Topology:
    """Read a topology, by default the checkout's; raise `CommandError` if it cannot be read."""
    path = path or topologies.TOPOLOGY
    try:
        return topologies.load_topology(path)
    except (OSError, YAMLError, ValidationError) as error:
        raise CommandError(f"{path} is not a valid topology: {error}") from error


def _local_environment(local: BackgroundStack | None) -> str:
    return local.variables.get("FONDLY_ENVIRONMENT", ENVIRONMENT) if local else ENVIRONMENT


def _region() -> str:
    """The region of the environment or the profile; botocore itself does not read `AWS_REGION`."""
    region = os.environ.get("AWS_REGION") or Session().get_config_variable("region")
    if not region:
        raise CommandError("no AWS region: give --region or set AWS_REGION")
    return str(region)


def _check_endpoints() -> None:
    for name, value in os.environ.items():
        if name.startswith("AWS_ENDPOINT_URL") and value and not _URL.fullmatch(value):
            raise CommandError(f"{name} is not a URL: {value!r}")
