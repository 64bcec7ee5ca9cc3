"""Leaves a customer alone, at once and for good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.clock import utc_now
from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.runtime.logs import get_logger
from fondly.sender.feedback.ports import Addresses, Suppressions

log = get_logger()


@dataclass(frozen=True)
class Unsubscribe:
    """Suppresses a customer and the address that they have now, whichever ids it may have later."""

    suppressions: Suppressions
    addresses: Addresses
    now: Callable[[], datetime] = utc_now

    async def run(self, customer_id: str, *, reason: NotSent, source: str) -> int:
        """Suppress both; return how many of them were not yet. Doing it again changes nothing."""
        address = await self.addresses.of(customer_id)
        subjects = {customer_entry(customer_id): customer_id}
        if address:
            subjects[address_entry(address)] = address
        at = self.now()
        new = await self.suppressions.suppress(
            [
                Suppression(entry=entry, reason=reason, source=source, at=at, subject=subject)
                for entry, subject in subjects.items()
            ]
        )
        log.info("customer_suppressed", customer_id=customer_id, reason=reason, new=new)
        return new
