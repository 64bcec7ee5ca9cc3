"""What a run has for Personalize, counted bundle by bundle."""

import re

from pydantic import BaseModel

from fondly.recommender.domain.shop.families import SharedReviews
from fondly.runtime.training_minimums import DataSize

NOBODY = "nobody to rank products for"
_LOWER_BOUND = re.compile(r"\b(fewer|less) than\b|\bat least\b|\bminimum\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(interactions?|users?|rows?|records?|events?)\b", re.IGNORECASE)


class Prepared(BaseModel):
    """How much of a bundle, or of a whole run, there is for Personalize."""

    interactions: int = 0
    customers: int = 0
    returning: int = 0
    ranked: int = 0
    """For how many customers Personalize is to rank products."""
    kept: int = 0
    """How many customers have a ranking that was kept."""
    long: int = 0
    """How many of both have many products."""
    witnesses: int = 0
    interactions_bytes: int = 0
    users_bytes: int = 0
    others: int = 0
    """How many customers of earlier files were gathered, and in how many files they are."""
    other_files: int = 0
    shared: SharedReviews = SharedReviews()
    """What the products of a bundle share."""

    def plus(self, other: "Prepared") -> "Prepared":
        """Return how much both have, without what products share."""
        figures = Prepared.model_fields.keys() - {"shared"}
        return Prepared(**{name: getattr(self, name) + getattr(other, name) for name in figures})

    @property
    def shortfall(self) -> str | None:
        """Why Personalize is not used; None if there is enough to learn from, and somebody to rank for."""
        if not self.ranked + self.kept:
            return NOBODY
        size = DataSize(interactions=self.interactions, customers=self.customers, returning=self.returning)
        return size.shortfall


def says_too_little_data(reason: str) -> bool:
    """Return whether a failure reason names a lower bound and what is counted: the texts are undocumented."""
    return bool(_LOWER_BOUND.search(reason) and _COUNTED.search(reason))
