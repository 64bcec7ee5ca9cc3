"""Finds out who of a part may be written to, before anything is paid for their emails."""

import time
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from encore.contracts.consent import Cap
from encore.contracts.delivery import NotSent
from encore.contracts.records import Recommendation
from encore.runtime.consent import Consent, refusals

READS_PER_CUSTOMER = 3
"""The suppressions of customer and address, and the contact."""


@dataclass(frozen=True)
class Consented:
    """A part's recommendations, and which of its customers must not be written to."""

    recommendations: Sequence[Recommendation]
    refused: Mapping[str, NotSent]
    """Why not, by customer id."""

    def allowed(self, made: Container[str] = ()) -> list[Recommendation]:
        """Return those of customers who may be written to, or for whom an email was `made` before."""
        return [
            each
            for each in self.recommendations
            if each.customer_id not in self.refused or each.customer_id in made
        ]

    def counts(self, made: Container[str]) -> dict[str, int]:
        """Return how many get no email, and why; of an email that was made before, the sender says so."""
        reasons = Counter(reason for customer_id, reason in self.refused.items() if customer_id not in made)
        by_reason = {f"emails_suppressed_{reason}": number for reason, number in sorted(reasons.items())}
        return {"emails_suppressed": reasons.total(), **by_reason}

    @property
    def read_units(self) -> int:
        """What it took to find out."""
        return READS_PER_CUSTOMER * len(self.recommendations)


@dataclass(frozen=True, kw_only=True)
class AskConsent:
    """Asks the tables that all runs share."""

    consent: Consent
    cap: Cap
    now: Callable[[], float] = time.time

    async def __call__(self, recommendations: Sequence[Recommendation]) -> Consented:
        """Return whom of a part nobody may write to now."""
        people = [(each.customer_id, each.email) for each in recommendations]
        refused = await refusals(self.consent, people, cap=self.cap, now=self.now())
        return Consented(recommendations, refused | await self._want_nothing(recommendations, refused))

    async def _want_nothing(
        self, recommendations: Sequence[Recommendation], refused: Container[str]
    ) -> dict[str, NotSent]:
        """Return those for whom nothing is left because of the departments that they want nothing of."""
        empty = [each.customer_id for each in recommendations if not each.picks]
        contacts = await self.consent.contacts([each for each in empty if each not in refused])
        return {customer_id: NotSent.TOPICS for customer_id, one in contacts.items() if one.topics_off}
