"""The settings of the console, from `FONDLY_CONSOLE_…`."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from fondly.console.roles import Role
from fondly.runtime.settings import WebSettings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Identity(StrEnum):
    """How it is known who asks."""

    LOCAL = "local"
    """By a one-time address, which this machine's user is shown."""
    ALB = "alb"
    """By an Application Load Balancer, which signs people in."""


NEEDED: Mapping[Identity, tuple[str, ...]] = {
    Identity.LOCAL: ("key_file",),
    Identity.ALB: ("client", "groups", "issuer", "signer"),
}


class ConsoleSettings(WebSettings):
    """The settings of the console."""

    console_host: str = "127.0.0.1"
    """The address to listen on."""
    console_port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """The port to listen on; 0 is any free one."""
    console_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")] | None = None
    """Its address as browsers have it, if that is not where it listens."""
    console_max_upload_bytes: Annotated[int, Field(ge=1)] = 4 * 1024**3
    """All files of an upload together."""
    console_identity: Identity = Identity.LOCAL
    """Whether a one-time address or a load balancer says who asks."""
    console_key_file: Path | None = None
    """The key that signs one-time addresses and sessions; it is made if there is none."""
    console_signer: (
        Annotated[str, Field(pattern=r"^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer/app/\S+$")]
        | None
    ) = None
    """The load balancer's ARN."""
    console_issuer: str | None = None
    """Who signs people in: the URL of the OpenID Connect issuer."""
    console_client: str | None = None
    """The console's client id at the issuer."""
    console_groups_claim: str = "groups"
    """The claim of a person's token that has their groups."""
    console_groups: Annotated[dict[str, Role], Field(min_length=1)] | None = None
    """The role of each group, as JSON: `{"marketing": "approver"}`."""
    region: Annotated[str, Field(validation_alias="AWS_REGION")] = "eu-west-1"
    """The AWS region."""
    topology: Path | None = None
    """The file with the system's resources, by default that of the checkout."""

    @model_validator(mode="after")
    def _has_what_its_identity_takes(self) -> Self:
        missing = [name for name in NEEDED[self.console_identity] if getattr(self, f"console_{name}") is None]
        if missing:
            names = ", ".join(f"FONDLY_CONSOLE_{name.upper()}" for name in missing)
            raise ValueError(f"FONDLY_CONSOLE_IDENTITY={self.console_identity} takes {names}")
        return self

    @property
    def url(self) -> str:
        """The console's address."""
        return self.console_url or f"http://127.0.0.1:{self.console_port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The values of `Host` that are answered; any behind a load balancer, which has checked it.

        They are those of browsers and, in a container, of its health check.
        """
        if self.console_identity is Identity.ALB:
            return frozenset()
        ports = {urlsplit(self.url).port, self.console_port}
        return frozenset(f"{name}:{port}" for name in LOOPBACK for port in ports)
