"""Keeps how often a customer wants emails, and of which departments."""

from dataclasses import dataclass

from fondly.contracts.consent import Contact, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.runtime.logs import get_logger
from fondly.sender.domain.requests import Preferences
from fondly.sender.feedback.ports import Suppressions

log = get_logger()


@dataclass(frozen=True)
class KeepPreferences:
    """Stores preferences with the customer's contact: the latest choice, in whatever order they come."""

    suppressions: Suppressions

    async def run(self, customer_id: str, preferences: Preferences, *, chosen_at: int) -> None:
        """Store what was chosen at a time in Unix milliseconds; of whoever was forgotten nothing is kept."""
        entry = customer_entry(customer_id)
        known = (await self.suppressions.find([entry])).get(entry)
        if known is not None and known.reason is NotSent.ERASED:
            log.info("preferences_of_forgotten_dropped")
            return

        def chosen(contact: Contact) -> Contact:
            if contact.chosen_at > chosen_at:
                return contact
            return contact.model_copy(
                update={
                    "frequency": preferences.frequency,
                    "topics_off": preferences.topics_off,
                    "chosen_at": chosen_at,
                }
            )

        await self.suppressions.change_contact(customer_id, chosen)
        log.info("preferences_kept", customer_id=customer_id, frequency=preferences.frequency)
