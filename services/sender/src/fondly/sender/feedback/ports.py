"""What the use cases of feedback need; tests use the doubles of `services.sender.tests.fakes_of_feedback`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from fondly.contracts.consent import Contact, Suppression
from fondly.contracts.delivery import Dispatch
from fondly.runtime.runs.delivery import Act, Delivery
from fondly.sender.domain.notifications import NotificationKind


class Suppressions(Protocol):
    """Who must not be written to, and how others want to be; see `fondly.runtime.consent.DynamoDBConsent`."""

    async def find(self, entries: Iterable[str]) -> dict[str, Suppression]: ...
    async def suppress(self, suppressions: Sequence[Suppression]) -> int: ...
    async def change_contact(self, customer_id: str, changed: Callable[[Contact], Contact]) -> Contact: ...


class Addresses(Protocol):
    """The customers' addresses; see `fondly.sender.adapters.delivered`."""

    async def of(self, customer_id: str) -> str | None: ...


class Delivered(Protocol):
    """The emails that notifications are about, or clicks; see `fondly.sender.adapters.delivered`."""

    async def find(self, run_id: str, customer_id: str) -> Dispatch | None: ...
    async def prove_sent(self, run_id: str, customer_id: str, provider_id: str) -> None: ...
    async def mark(self, run_id: str, customer_id: str, kind: NotificationKind, at: datetime) -> None: ...
    async def mark_clicked(self, run_id: str, customer_id: str, at: datetime) -> None: ...
    async def complain(self, run_id: str, customer_id: str, at: datetime) -> None: ...
    async def sent(self, run_id: str, *, most: int) -> int: ...


class RunDeliveries(Protocol):
    """The deliveries of runs; see `fondly.runtime.runs.deliveries.Deliveries`."""

    async def find(self, run_id: str) -> Delivery | None: ...
    async def decide(
        self, run_id: str, act: Act, *, by: str, note: str = "", changes: Mapping[str, Any] = ...
    ) -> Delivery: ...


MailName = tuple[int, int]
"""A mail of a folder: `UIDVALIDITY`, which changes when the server numbers anew, and its UID."""


class OpenMailbox(Protocol):
    """A mailbox that is logged in to; see `fondly.sender.adapters.imap_mailbox`."""

    async def waiting(self) -> list[MailName]: ...
    async def read(self, name: MailName) -> bytes | None: ...
    async def move(self, name: MailName, folder: str) -> None: ...


class Mailbox(Protocol):
    """Where replies and reports arrive by mail; see `fondly.sender.adapters.imap_mailbox`."""

    def opened(self) -> AbstractAsyncContextManager[OpenMailbox, Any]: ...
