"""The rows of some customers for Personalize as files, and how much there is of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.csv_files import Row, csv_header, csv_lines
from fondly.recommender.domain.personalize.prepared import Prepared
from fondly.recommender.domain.personalize.rows import CustomerRows
from fondly.recommender.domain.personalize.schemas import INTERACTIONS, USERS, DatasetSchema


class DatasetFiles:
    """The files of interactions and customers by their folders; without a row there is none."""

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
