"""A small shop of regulars: few customers with many reviews each, so that Personalize has enough to learn.

It trains on a thousand interactions or more, which the sample reaches with customers by the hundreds only.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from encore.stack.sample.row import COLUMNS, Row
from encore.stack.sample.sample import Sample

SEED = 7
PRODUCTS = 150
MARKET = 25
"""Customers of the whole market to each regular."""


class Opinion(NamedTuple):
    """One customer's review in one row of the file."""

    customer_id: str
    product_id: str
    review_id: str
    text: str


class Shop(NamedTuple):
    """What a written file holds: its rows, and the opinions in them."""

    rows: list[dict[str, str]]
    opinions: list[Opinion]

    @property
    def customers(self) -> list[str]:
        """Everyone who reviewed, in order of first appearance."""
        return list(dict.fromkeys(opinion.customer_id for opinion in self.opinions))

    @property
    def reviews(self) -> dict[str, Opinion]:
        """Each review once: the file repeats it for every variant of a product."""
        return {opinion.review_id: opinion for opinion in self.opinions}


def write_shop(path: Path, *, customers: int) -> Shop:
    """Write the file of the market's so many most frequent reviewers; equal arguments, equal bytes."""
    rows = list(Sample(seed=SEED, customers=customers * MARKET, products=PRODUCTS).rows())
    counts = Counter(user for row in rows for user in row.user_ids)
    regulars = {user for user, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:customers]}
    kept = [row for row in (_of(row, regulars) for row in rows) if row.user_ids]
    cells = [row.cells() for row in kept]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells)
    return Shop(cells, [opinion for row in kept for opinion in _opinions(row)])


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


def _opinions(row: Row) -> Iterator[Opinion]:
    for user, review_id, review in zip(row.user_ids, row.review_ids, row.reviews, strict=True):
        yield Opinion(user, row.variant.product_id, review_id, review.text)
