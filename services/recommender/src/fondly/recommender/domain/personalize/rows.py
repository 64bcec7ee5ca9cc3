"""The rows of the datasets, interactions, items and users, and how much of them each bundle has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from fondly.contracts.records import Customer, Product, ProductSentiment
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import Preference, preferences_of
from fondly.recommender.domain.personalize import datasets, personalize_keys
from fondly.recommender.domain.personalize.datasets import Row, csv_file, csv_lines, is_fit_id
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.runtime.training_minimums import DataSize

MAX_CATEGORICAL_CHARS = 1_000
MAX_TEXTUAL_CHARS = 20_000
AGE_GROUPS = ((18, "under-18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
OLDEST = "65-and-over"
NOBODY = "nobody to rank products for"
_LOWER_BOUND = re.compile(r"\b(fewer|less) than\b|\bat least\b|\bminimum\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(interactions?|users?|rows?|records?|events?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CustomerRows:
    """The rows of one customer: an interaction for each product, clicks and looks, and one of their own."""

    interactions: list[Row]
    looks: list[Row]
    """Equal to the events that the event tracker was told of: equal interactions count once."""
    user: Row


def customer_rows(history: History) -> CustomerRows:
    """Return the rows of a customer with all that is known of them: nothing says who they are."""
    customer = history.customer
    return CustomerRows(
        interactions=list(interaction_rows(customer, preferences_of(customer, history.scores))),
        looks=[
            _interaction(history.customer_id, one.product_id, one.timestamp, one.kind)
            for one in history.looks
            if is_fit_id(one.product_id)
        ],
        user={"USER_ID": customer.customer_id, "AGE_GROUP": _age_group(customer.age)},
    )


def rows_of(histories: Iterable[History]) -> dict[str, CustomerRows]:
    """Return the rows of the customers whose ids Personalize keeps as they are, by id."""
    return {one.customer_id: customer_rows(one) for one in histories if is_fit_id(one.customer_id)}


def interaction_rows(
    customer: Customer, preferences: Iterable[Preference], *, default_timestamp: int = 0
) -> Iterator[Row]:
    """Yield a row for each distinct product (ADR 30), at `default_timestamp` where it has no time."""
    for one in preferences:
        if is_fit_id(one.product_id):
            timestamp = default_timestamp if one.timestamp is None else one.timestamp
            value = None if one.value is None else round(one.value, 4)
            yield _interaction(customer.customer_id, one.product_id, timestamp, one.event_type, value)


def item_row(product: Product, sentiment: ProductSentiment | None) -> Row:
    """Describe a product; one of which the shop does not say whether it is in stock counts as if it were."""
    return {
        "ITEM_ID": product.product_id,
        "CATEGORY": _path(product.category),
        "PRICE": float(product.price),
        "LIST_PRICE": None if product.list_price is None else float(product.list_price),
        "DISCOUNT_PERCENT": product.discount_percent,
        "RATING": None if product.rating is None else float(product.rating),
        "RATING_COUNT": product.rating_count,
        "SENTIMENT": round(sentiment.polarity, 4) if sentiment and sentiment.scored else None,
        "AVAILABILITY": datasets.SOLD_OUT if product.in_stock is False else datasets.IN_STOCK,
        "DESCRIPTION": ". ".join((product.name, *product.bullets))[:MAX_TEXTUAL_CHARS],
    }


def _interaction(
    customer_id: str, product_id: str, timestamp: int, kind: StrEnum, value: float | None = None
) -> Row:
    return {
        "USER_ID": customer_id,
        "ITEM_ID": product_id,
        "TIMESTAMP": timestamp,
        "EVENT_TYPE": kind.value,
        "EVENT_VALUE": value,
    }


def _path(levels: Sequence[str]) -> str | None:
    return "|".join(level.replace("|", "/") for level in levels)[:MAX_CATEGORICAL_CHARS] or None


def _age_group(age: int | None) -> str | None:
    if age is None:
        return None
    return next((name for below, name in AGE_GROUPS if age < below), OLDEST)


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
            self._add(personalize_keys.INTERACTIONS, datasets.INTERACTIONS, own)
            self._add(personalize_keys.USERS, datasets.USERS, [rows.user])
            self._size.interactions += len(own)
            self._size.customers += bool(own)
            self._size.returning += len(own) > 1

    def counted(self, **more: Any) -> Prepared:  # noqa: ANN401 - any other member
        """Return how much there is, and `more`."""
        sizes = {f"{folder.rstrip('/')}_bytes": len(file) for folder, file in self.by_folder.items()}
        return self._size.model_copy(update={**sizes, **more})

    def _add(self, folder: str, schema: datasets.DatasetSchema, rows: Sequence[Row]) -> None:
        file = self.by_folder[folder]
        if rows:
            file += (csv_lines if file else csv_file)(schema.columns, rows)
