"""Finds the customers about whose reviews nobody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.contracts.records import Customer
from fondly.runtime.consent import suppressed
from fondly.runtime.ports import Items


@dataclass(frozen=True)
class FindLeftOut:
    """Finds who gets no email: the file says so, or the table of suppressions that all runs share."""

    suppressions: Items
    scores_all: bool = False
    """Whether everybody's reviews are asked about: they are opinions on products, too."""

    async def run(self, customers: Sequence[Customer]) -> set[str]:
        """Return their ids; nothing may be paid for on their account."""
        if self.scores_all:
            return set()
        excluded = {one.customer_id for one in customers if one.exclusion is not None}
        people = [(one.customer_id, one.email) for one in self.asked_about(customers)]
        return excluded | await suppressed(self.suppressions, people)

    def asked_about(self, customers: Sequence[Customer]) -> list[Customer]:
        """Return those whom the table is asked about: who has written something and is not excluded."""
        if self.scores_all:
            return []
        return [one for one in customers if one.exclusion is None and one.reviews]
