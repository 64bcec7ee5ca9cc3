"""Who must not be written to, and when people were, in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fondly.contracts.consent import Contact, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.runtime.consent import Person


def suppressed(entry: str, reason: NotSent = NotSent.UNSUBSCRIBED) -> Suppression:
    """A suppression of an entry."""
    return Suppression(entry=entry, reason=reason, source="test", at=datetime(2026, 11, 26, tzinfo=UTC))


class InMemoryConsent:
    """Suppressions and contacts in dictionaries."""

    def __init__(self, *contacts: Contact) -> None:
        self.suppressions: dict[str, Suppression] = {}
        self.stored = {contact.customer_id: contact for contact in contacts}
        self.asked: list[str] = []
        """The ids that were asked about, each time."""

    def suppress(self, customer_id: str, reason: NotSent = NotSent.UNSUBSCRIBED) -> None:
        """Suppress a customer."""
        self.suppressions[customer_entry(customer_id)] = suppressed(customer_entry(customer_id), reason)

    def suppress_address(self, address: str, reason: NotSent = NotSent.HARD_BOUNCE) -> None:
        """Suppress an address."""
        self.suppressions[address_entry(address)] = suppressed(address_entry(address), reason)

    async def suppressed(self, people: Sequence[Person]) -> dict[str, Suppression]:
        """Return the suppressions of customers, by id; a customer's own counts before the address's."""
        self.asked.extend(customer_id for customer_id, _ in people)
        found: dict[str, Suppression] = {}
        for customer_id, address in people:
            entries = [customer_entry(customer_id), *([address_entry(address)] if address else [])]
            for entry in entries:
                if entry in self.suppressions:
                    found.setdefault(customer_id, self.suppressions[entry])
        return found

    async def contacts(self, customer_ids: Sequence[str]) -> dict[str, Contact]:
        """Return the contacts of customers who have one, by id."""
        return {each: self.stored[each] for each in customer_ids if each in self.stored}
