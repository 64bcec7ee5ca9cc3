"""The file of the made-up shop as it is uploaded first, with some reviews changed, and a week later."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from fondly.evaluation.sample.row import COLUMNS, Row
from fondly.evaluation.sample.sample import Sample
from fondly.stack.sample import EMAIL, customer_addresses

SEED = 7
NEW = 1_000
"""The edition of rows with new reviews."""
NEWCOMER = "N"
OTHER_WORDS = " Months later I would say the same."


@dataclass(frozen=True)
class Upload:
    """A file: how many of 100 reviews have other words, and are followed by a new one, than in the first.

    Every other new review is by somebody new.
    """

    name: str
    changed: float = 0.0
    new: float = 0.0


@dataclass(frozen=True)
class Shop:
    """What a file holds."""

    customers: int
    products: int
    reviews: int


def write_shop(path: Path, upload: Upload, *, customers: int, products: int) -> Shop:
    """Write the file, with an address for most customers; equal arguments give equal files."""
    sample = Sample(seed=SEED, customers=customers, products=products)
    new_reviews, new_customers = set[str](), set[str]()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, (*COLUMNS, EMAIL), lineterminator="\n")
        writer.writeheader()
        for row in sample.rows():
            for each in _rows(row, upload):
                writer.writerow(each.cells() | {EMAIL: customer_addresses(list(each.user_ids))})
                if each.edition == NEW:
                    new_reviews.update(each.review_ids)
                    new_customers.update(one for one in each.user_ids if one.startswith(NEWCOMER))
    return Shop(customers + len(new_customers), products, sample.reviews + len(new_reviews))


def _rows(row: Row, upload: Upload) -> Iterator[Row]:
    """Yield a row as it was but for other words, and one with the new reviews, if there are any."""
    draws = [crc32(each.encode()) % 10_000 / 100 for each in row.review_ids]
    texts = [
        each.text + OTHER_WORDS * (draw < upload.changed)
        for each, draw in zip(row.reviews, draws, strict=True)
    ]
    reviews = [replace(each, text=text) for each, text in zip(row.reviews, texts, strict=True)]
    yield replace(row, reviews=reviews)
    if again := [number for number, draw in enumerate(draws) if 100 - draw <= upload.new]:
        yield replace(
            row,
            edition=NEW,
            user_ids=[_reviewer(row.user_ids[each], draws[each]) for each in again],
            user_names=[row.user_names[each] for each in again],
            review_ids=[f"{row.review_ids[each]}W" for each in again],
            reviews=[reviews[each] for each in again],
        )


def _reviewer(user_id: str, draw: float) -> str:
    return f"{NEWCOMER}{user_id[1:]}" if round(draw * 100) % 2 else user_id
