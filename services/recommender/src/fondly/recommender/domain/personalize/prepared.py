"""What a run has for Personalize: files of its customers' rows, and how much there is, bundle by bundle."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.csv_files import Row, csv_header, csv_lines
from fondly.recommender.domain.personalize.rows import CustomerRows
from fondly.recommender.domain.personalize.schemas import INTERACTIONS, USERS, DatasetSchema
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


class DatasetFiles:
    """The files of interactions and customers by their folders; a file without rows is not there."""

    def __init__(self) -> None:
        self.by_folder = {personalize_keys.INTERACTIONS: bytearray(), personalize_keys.USERS: bytearray()}
        self._size = Prepared()

    def add(self, customers: Iterable[CustomerRows]) -> None:
        """Add the rows of customers."""
        for rows in customers:
            own = [*rows.interactions, *rows.looks]
            self._add(personalize_keys.INTERACTIONS, INTERACTIONS, own)
            self._add(personalize_keys.USERS, USERS, [rows.user])
            self._size.interactions += len(own)
            self._size.customers += bool(own)
            self._size.returning += len(own) > 1

    def counted(self, **more: Any) -> Prepared:  # noqa: ANN401 - any other member
        """Return how much there is, and `more`."""
        sizes = {f"{folder.rstrip('/')}_bytes": len(file) for folder, file in self.by_folder.items()}
        return self._size.model_copy(update={**sizes, **more})

    def _add(self, folder: str, schema: DatasetSchema, rows: Sequence[Row]) -> None:
        file = self.by_folder[folder]
        if rows and not file:
            file += csv_header(schema.columns)
        file += csv_lines(schema.columns, rows)
