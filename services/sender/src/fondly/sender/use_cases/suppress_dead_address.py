"""Never writes again to an address that its mail server says does not exist."""

from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.consent import Suppression, address_entry
from fondly.contracts.delivery import NotSent
from fondly.sender.feedback.ports import Suppressions
from fondly.sender.use_cases.take_bounce import SOURCE


@dataclass(frozen=True)
class SuppressDeadAddress:
    """Suppresses the address, never the customer: who has another one may be written to there."""

    suppressions: Suppressions

    async def run(self, address: str, at: datetime) -> None:
        """Suppress an address that was refused at a time. Doing it again changes nothing."""
        dead = Suppression(
            entry=address_entry(address),
            reason=NotSent.HARD_BOUNCE,
            source=SOURCE,
            at=at,
            subject=address,
        )
        await self.suppressions.suppress([dead])
