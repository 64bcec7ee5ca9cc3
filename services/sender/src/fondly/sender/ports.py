"""What use cases need from outside; tests use the doubles of `services.sender.tests.fakes`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch
from fondly.runtime.ports import Polls


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
    """The provider certainly did not accept the email, and may later. The message is the provider's."""


class RefusedError(Exception):
    """The provider certainly refused the email for good. The message is the provider's."""

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
    """Hands emails over to a provider; see `fondly.sender.adapters`."""

    name: str

    async def send(self, email: Outgoing) -> Accepted: ...


Key = tuple[str, str]
"""An email's run and customer."""


@dataclass(frozen=True)
class Reservation:
    """An email to hand over or to end, with the next version of its customer's contact if it goes to them."""

    dispatch: Dispatch
    contact: Contact | None = None

    @property
    def key(self) -> Key:
        """The email's run and customer."""
        return self.dispatch.run_id, self.dispatch.customer_id


class Reserved(StrEnum):
    """What came of a reservation."""

    MINE = "mine"
    TAKEN = "taken"
    """Something is known of the email that says otherwise."""
    STALE = "stale"
    """The contact has changed: look again."""


class Dispatches(Protocol):
    """What has become of each email; see `fondly.sender.adapters.dispatches`."""

    async def of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]: ...
    async def reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]: ...
    async def record(self, dispatches: Sequence[Dispatch]) -> Collection[Key]: ...
    async def doubt(self, doubted: Dispatch) -> bool: ...
    async def free(self, dispatch: Dispatch) -> bool: ...


class SenderPolls(Polls, Protocol):
    """The sender's messages to itself; see `fondly.sender.adapters.polls.SQSSenderPolls`."""

    async def send_parts(self, run_id: str, parts: Iterable[int], *, release: int) -> None: ...
    async def send_doubts(
        self, run_id: str, part: int, customer_ids: Sequence[str], *, release: int, delay_s: int
    ) -> None: ...
