"""Which environment of which account and region is addressed."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from botocore.session import Session
from pydantic import ValidationError
from yaml import YAMLError

from fondly.operations import topology as topologies
from fondly.operations.errors import OperationError
from fondly.operations.local_stack import ENVIRONMENT, exported, running_stack

CHOICES = ("AWS_ENDPOINT_URL", "AWS_PROFILE")
"""Variables that name an account, and so rule out the local stack."""
_URL = re.compile(r"https?://[^/\s]+(/\S*)?")


class Target(NamedTuple):
    """An environment and its region; endpoint and credentials are those of the AWS SDK."""

    environment: str
    region: str
    local_url: str | None = None
    """Where the local stack answers, if that is the target."""
    trouble: str | None = None
    """What has died there and was started again."""


def table_name(environment: str, table: str) -> str:
    """Return a table's name: the environment's own, or a restored one's that its variable has."""
    own = f"{environment}-{table}"
    given = os.environ.get(f"FONDLY_{table.upper().replace('-', '_')}_TABLE", "")
    return given if given.startswith(own) else own


@contextmanager
def target(environment: str | None, region: str | None) -> Iterator[Target]:
    """Yield the target; raise `OperationError` if there is none, or it has no region or a malformed endpoint.

    If neither an environment nor an account is named and a local stack is running, it is the target, and its
    variables are set meanwhile.
    """
    here = running_stack()
    local = None if environment or any(os.environ.get(name) for name in CHOICES) else here
    is_named = here and os.environ.get("AWS_ENDPOINT_URL") == here.variables["AWS_ENDPOINT_URL"]
    with exported(local.variables if local else {}):
        _check_endpoints()
        local_url = local.variables["AWS_ENDPOINT_URL"] if local else None
        own = local.variables.get("FONDLY_ENVIRONMENT", ENVIRONMENT) if local else ENVIRONMENT
        yield Target(
            environment or own,
            region or _region(is_named=bool(environment)),
            local_url,
            here.last_death if here and (local or is_named) else None,
        )


def load_topology(path: Path | None) -> topologies.Topology:
    """Read a topology, by default the checkout's; raise `OperationError` if it cannot be read."""
    path = path or topologies.TOPOLOGY
    try:
        return topologies.load_topology(path)
    except (OSError, YAMLError, ValidationError) as error:
        raise OperationError(f"{path} is not a valid topology: {error}") from error


def _region(*, is_named: bool) -> str:
    """The region of the environment or the profile; botocore itself does not read `AWS_REGION`."""
    region = os.environ.get("AWS_REGION") or Session().get_config_variable("region")
    if not region and not is_named and not any(os.environ.get(name) for name in CHOICES):
        raise OperationError("no stack is running here: `fondly up`, or give --region for AWS")
    if not region:
        raise OperationError("no AWS region: give --region or set AWS_REGION")
    return str(region)


def _check_endpoints() -> None:
    for name, value in os.environ.items():
        if name.startswith("AWS_ENDPOINT_URL") and value and not _URL.fullmatch(value):
            raise OperationError(f"{name} is not a URL: {value!r}")
