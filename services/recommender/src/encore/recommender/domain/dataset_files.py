"""The rows of some customers for Personalize as files, and how much there is of them."""

from collections.abc import Iterable, Mapping, Sequence

from encore.contracts.records import Product
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.csv_files import Row, csv_header, csv_lines, is_fit_id
from encore.recommender.domain.history import History
from encore.recommender.domain.prepared import Prepared
from encore.recommender.domain.rows import CustomerRows, customer_rows
from encore.recommender.domain.schemas import INTERACTIONS, USERS, DatasetSchema
from encore.runtime.training_minimums import DataSize


class DatasetFiles:
    """The files of interactions and customers by their folders; without a row there is none."""

    def __init__(self) -> None:
        self.by_folder = {personalize_keys.INTERACTIONS: bytearray(), personalize_keys.USERS: bytearray()}
        self._size = DataSize()

    def add(self, histories: Iterable[History], products: Mapping[str, Product]) -> dict[str, CustomerRows]:
        """Add the customers whose ids Personalize keeps as they are; return their rows by id."""
        found = {
            one.customer_id: customer_rows(one, products) for one in histories if is_fit_id(one.customer_id)
        }
        for rows in found.values():
            own = [*rows.interactions, *rows.looks]
            self._add(personalize_keys.INTERACTIONS, INTERACTIONS, own)
            self._add(personalize_keys.USERS, USERS, [rows.user])
            self._size = self._size.plus(DataSize.of_customer(len(own)))
        return found

    def counted(self, **more: int) -> Prepared:
        """Return how much there is, and `more`."""
        return Prepared(
            interactions=self._size.interactions,
            customers=self._size.customers,
            returning=self._size.returning,
            interactions_bytes=len(self.by_folder[personalize_keys.INTERACTIONS]),
            users_bytes=len(self.by_folder[personalize_keys.USERS]),
            **more,
        )

    def _add(self, folder: str, schema: DatasetSchema, rows: Sequence[Row]) -> None:
        file = self.by_folder[folder]
        if rows and not file:
            file += csv_header(schema.columns)
        file += csv_lines(schema.columns, rows)
