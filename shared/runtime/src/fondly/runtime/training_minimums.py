"""How much data Personalize needs to train ("Dataset requirements", Amazon Personalize developer guide)."""

from dataclasses import dataclass
from math import ceil
from typing import Self

MIN_INTERACTIONS = 1_000
MIN_RETURNING = 25
MIN_RETURNING_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSize:
    """How much data there is; `returning` counts the customers with two or more interactions."""

    interactions: int = 0
    customers: int = 0
    returning: int = 0

    @classmethod
    def of_customer(cls, interactions: int) -> Self:
        """The size of one customer's data."""
        return cls(
            interactions=interactions, customers=int(interactions > 0), returning=int(interactions > 1)
        )

    def plus(self, other: "DataSize") -> "DataSize":
        """Return the sum of both; they have no customers in common."""
        return DataSize(
            interactions=self.interactions + other.interactions,
            customers=self.customers + other.customers,
            returning=self.returning + other.returning,
        )

    @property
    def shortfall(self) -> str | None:
        """Why Personalize would refuse to train on the data, or None when there is enough."""
        if self.interactions < MIN_INTERACTIONS:
            return f"{self.interactions:,} interactions, Personalize needs {MIN_INTERACTIONS:,}"
        needed = max(MIN_RETURNING, MIN_RETURNING_SHARE * self.customers)
        if self.returning < needed:
            return (
                f"{self.returning:,} customers with two or more interactions,"
                f" Personalize needs {ceil(needed):,}"
            )
        return None
