"""Doubles of the feedback process's ports; `integration/test_feedback.py` tests their originals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fondly.contracts.consent import Contact, Suppression
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import FROM, Act, Delivery, DeliveryStatus
from fondly.sender.domain.notifications import NotificationKind

RUN = "run-0123456789abcdef"
SENT_AT = datetime(2026, 11, 20, 10, 15, 28, tzinfo=UTC)
WORSE = {
    NotificationKind.SOFT: {""},
    NotificationKind.HARD: {"", "soft"},
    NotificationKind.COMPLAINT: {"", "soft", "hard"},
}


@dataclass
class InMemorySuppressions:
    """Suppressions and contacts in dictionaries."""

    entries: dict[str, Suppression] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)

    async def find(self, entries: Iterable[str]) -> dict[str, Suppression]:
        """Return those that there are."""
        return {entry: self.entries[entry] for entry in entries if entry in self.entries}

    async def suppress(self, suppressions: Sequence[Suppression]) -> int:
        """Store those that are new."""
        new = {each.entry: each for each in reversed(suppressions) if each.entry not in self.entries}
        self.entries.update(new)
        return len(new)

    async def change_contact(self, customer_id: str, changed: Callable[[Contact], Contact]) -> Contact:
        """Change a contact."""
        before = self.contacts.get(customer_id, Contact(customer_id=customer_id))
        wanted = changed(before)
        if wanted != before:
            wanted = wanted.model_copy(update={"version": before.version + 1})
            self.contacts[customer_id] = wanted
        return wanted


@dataclass
class InMemoryAddresses:
    """Addresses in a dictionary."""

    known: Mapping[str, str]

    async def of(self, customer_id: str) -> str | None:
        """Return a customer's address."""
        return self.known.get(customer_id)


@dataclass
class InMemoryDelivered:
    """Dispatches and deliveries in dictionaries."""

    dispatches: dict[tuple[str, str], Dispatch] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    decided: list[tuple[Act, str, str]] = field(default_factory=list)

    async def find(self, run_id: str, customer_id: str) -> Dispatch | None:
        """Find a dispatch."""
        return self.dispatches.get((run_id, customer_id))

    async def prove_sent(self, run_id: str, customer_id: str, provider_id: str) -> None:
        """Record that an email was sent that was in doubt."""
        found = self.dispatches.get((run_id, customer_id))
        if found and found.outcome in {Outcome.SENDING, Outcome.IN_DOUBT}:
            sent = {"outcome": Outcome.SENT, "provider_id": provider_id, "reason": ""}
            sent |= {"proved_from": found.outcome}
            self.dispatches[run_id, customer_id] = found.model_copy(update=sent)

    async def mark(self, run_id: str, customer_id: str, kind: NotificationKind, at: datetime) -> None:
        """Mark a dispatch unless worse is known."""
        found = self.dispatches.get((run_id, customer_id))
        if found and found.bounced in WORSE[kind]:
            marked = found.model_copy(update={"bounced": kind.value, "bounced_at": at})
            self.dispatches[run_id, customer_id] = marked

    async def mark_clicked(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Note the first click."""
        found = self.dispatches.get((run_id, customer_id))
        if found and found.clicked_at is None and found.outcome in {Outcome.SENT, Outcome.IN_DOUBT}:
            self.dispatches[run_id, customer_id] = found.model_copy(update={"clicked_at": at})

    async def complain(self, run_id: str, customer_id: str, at: datetime) -> None:
        """Mark a dispatch, and count it once."""
        found = self.dispatches.get((run_id, customer_id))
        if found is None or found.bounced == NotificationKind.COMPLAINT:
            return
        await self.mark(run_id, customer_id, NotificationKind.COMPLAINT, at)
        if delivery := self.deliveries.get(run_id):
            self.deliveries[run_id] = delivery.model_copy(update={"complaints": delivery.complaints + 1})

    async def sent(self, run_id: str, *, most: int) -> int:
        """Count what was sent."""
        sent = (run == run_id and each.outcome is Outcome.SENT for (run, _), each in self.dispatches.items())
        return min(sum(sent), most)


@dataclass
class InMemoryDeliveries:
    """The deliveries of `InMemoryDelivered`, and what was decided."""

    delivered: InMemoryDelivered

    async def find(self, run_id: str) -> Delivery | None:
        """Find a delivery."""
        return self.delivered.deliveries.get(run_id)

    async def decide(
        self, run_id: str, act: Act, *, by: str, note: str = "", changes: Mapping[str, Any] | None = None
    ) -> Delivery:
        """Pause a delivery."""
        found = self.delivered.deliveries[run_id]
        if found.status not in FROM[act]:
            raise DecisionError
        self.delivered.decided.append((act, by, note))
        paused = found.model_copy(update={"status": DeliveryStatus.PAUSED, **(changes or {})})
        self.delivered.deliveries[run_id] = paused
        return paused


def dispatch(customer_id: str, **changes: Any) -> Dispatch:  # noqa: ANN401 - of any type
    """A sent email, as the samples' notifications name it."""
    given: dict[str, Any] = {
        "run_id": RUN,
        "outcome": Outcome.SENT,
        "provider_id": "0102017d2f3c4000-ses-message-000000",
        "at": SENT_AT,
        "variant": "B",
    }
    return Dispatch(customer_id=customer_id, **{**given, **changes})


def delivery(**changes: Any) -> Delivery:  # noqa: ANN401 - of any type
    """The delivery of the samples' run, which goes out."""
    given: dict[str, Any] = {"run_id": RUN, "status": DeliveryStatus.APPROVED, "opened_at": SENT_AT}
    return Delivery(**{**given, **changes})
