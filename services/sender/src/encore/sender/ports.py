"""What use cases need from outside; tests use the doubles of `services.sender.tests.fakes`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from encore.contracts.delivery import Dispatch


@dataclass(frozen=True)
class Outgoing:
    """An email that is to be handed over: the whole MIME message, and to whom."""

    run_id: str
    customer_id: str
    address: str
    """The recipient of the envelope, in the form that every server can carry."""
    content: bytes
    """Lines end in CRLF; the header `To` is the recipient's."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """What reports about the email shall name it by; ASCII letters, digits, `_` and `-`."""


@dataclass(frozen=True)
class Accepted:
    """The provider has accepted an email, and calls it so."""

    provider_id: str


class DeferredError(Exception):
    """The provider surely did not accept the email, and may do so later. The message says what it said."""


class RefusedError(Exception):
    """The provider surely refused the email, for good. The message says what it said."""

    def __init__(self, reason: str, *, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.bad_address = bad_address
        """Whether it says that there is no such mailbox: as good as a hard bounce."""


class InDoubtError(Exception):
    """Nobody knows whether the provider accepted the email. The message says what went wrong."""


class QuotaSpentError(DeferredError):
    """The account may send no more today."""


class UnusableError(DeferredError):
    """The provider accepts no email until somebody mends something: a password, an identity, a setting."""


class Transport(Protocol):
    """Hands emails over to a provider; see `encore.sender.adapters`."""

    name: str

    async def send(self, email: Outgoing) -> Accepted: ...


class Dispatches(Protocol):
    """What has become of each email; see `encore.sender.adapters.dispatches`."""

    async def of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]: ...
