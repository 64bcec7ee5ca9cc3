"""The rows of some customers for Personalize as files, and how much there is of them."""

from collections.abc import Iterable, Mapping

from encore.contracts.records import Product
from encore.recommender.domain.csv_files import csv_header, csv_lines, is_fit_id
from encore.recommender.domain.history import History
from encore.recommender.domain.prepared import Prepared
from encore.recommender.domain.rows import CustomerRows, customer_rows
from encore.recommender.domain.schemas import INTERACTIONS, USERS, DatasetSchema
from encore.runtime.training_minimums import DataSize


class DatasetFiles:
    """Two files, of interactions and of customers; empty without a row, for Personalize gets no such file."""

    def __init__(self) -> None:
        self._interactions, self._users = bytearray(), bytearray()
        self._size = DataSize()

    def add(self, histories: Iterable[History], products: Mapping[str, Product]) -> dict[str, CustomerRows]:
        """Add the customers whose ids Personalize keeps as they are; return their rows by id."""
        found = {
            one.customer_id: customer_rows(one, products) for one in histories if is_fit_id(one.customer_id)
        }
        for rows in found.values():
            own = [*rows.interactions, *rows.looks]
            self._interactions += csv_lines(INTERACTIONS.columns, own)
            self._users += csv_lines(USERS.columns, [rows.user])
            self._size = self._size.plus(DataSize.of_customer(len(own)))
        return found

    @property
    def interactions(self) -> bytes:
        """The file of interactions."""
        return _file(INTERACTIONS, self._interactions)

    @property
    def users(self) -> bytes:
        """The file of customers."""
        return _file(USERS, self._users)

    def counted(self, **more: int) -> Prepared:
        """Return how much there is, and `more`."""
        return Prepared(
            interactions=self._size.interactions,
            customers=self._size.customers,
            returning=self._size.returning,
            interactions_bytes=len(self.interactions),
            users_bytes=len(self.users),
            **more,
        )


def _file(schema: DatasetSchema, rows: bytearray) -> bytes:
    return csv_header(schema.columns) + bytes(rows) if rows else b""
