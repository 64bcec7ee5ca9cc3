"""A shop of few customers with many reviews each, so that Personalize has enough to train on.

It needs a thousand interactions, which the sample reaches only with hundreds of customers.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from fondly.stack.sample.row import COLUMNS, Row
from fondly.stack.sample.sample import Sample

SEED = 7
PRODUCTS = 150
MARKET = 25
"""Customers in the whole market per regular customer."""


class ReviewRow(NamedTuple):
    """One customer's review in one row of the file."""

    customer_id: str
    product_id: str
    review_id: str
    text: str


class Shop(NamedTuple):
    """The contents of a written file: its rows, and the review rows in them."""

    rows: list[dict[str, str]]
    review_rows: list[ReviewRow]

    @property
    def customers(self) -> list[str]:
        """Customers with a review, in order of first appearance."""
        return list(dict.fromkeys(row.customer_id for row in self.review_rows))

    @property
    def reviews(self) -> dict[str, ReviewRow]:
        """Each review once; the file repeats it for every variant of a product."""
        return {row.review_id: row for row in self.review_rows}


def write_shop(path: Path, *, customers: int) -> Shop:
    """Write the file of the market's most frequent reviewers; equal arguments give equal bytes."""
    rows = list(Sample(seed=SEED, customers=customers * MARKET, products=PRODUCTS).rows())
    counts = Counter(user for row in rows for user in row.user_ids)
    regulars = {user for user, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:customers]}
    kept = [row for row in (_of(row, regulars) for row in rows) if row.user_ids]
    cells = [row.cells() for row in kept]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells)
    return Shop(cells, [found for row in kept for found in _review_rows(row)])


def _of(row: Row, users: Collection[str]) -> Row:
    """The row with these users only."""
    places = [place for place, user in enumerate(row.user_ids) if user in users]
    return replace(
        row,
        user_ids=[row.user_ids[place] for place in places],
        user_names=[row.user_names[place] for place in places],
        review_ids=[row.review_ids[place] for place in places],
        reviews=[row.reviews[place] for place in places],
    )


def _review_rows(row: Row) -> Iterator[ReviewRow]:
    for user, review_id, review in zip(row.user_ids, row.review_ids, row.reviews, strict=True):
        yield ReviewRow(user, row.variant.product_id, review_id, review.text)
