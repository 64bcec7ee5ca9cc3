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


NEW = 1_000
"""The edition of rows with new reviews."""
NEWCOMER = "N"
OTHER_WORDS = " Months later I would say the same."


def _rows(row: Row, upload: Upload) -> Iterator[Row]:
    draws = [_draw(each) for each in row.review_ids]
    reviews = [
        replace(each, text=each.text + OTHER_WORDS) if draw < upload.changed else each
        for each, draw in zip(row.reviews, draws, strict=True)
    ]
    yield replace(row, reviews=reviews)
    if chosen := [number for number, draw in enumerate(draws) if 100 - draw <= upload.new]:
        user_ids = [row.user_ids[number] for number in chosen]
        review_ids = [row.review_ids[number] for number in chosen]
        yield replace(
            row,
            edition=NEW,
            user_ids=[_reviewer(*each) for each in zip(user_ids, review_ids, strict=True)],
            user_names=[row.user_names[number] for number in chosen],
            review_ids=[f"{each}W" for each in review_ids],
            reviews=[
                replace(row.reviews[number], text=f"Again: {row.reviews[number].text}") for number in chosen
            ],
        )


def _reviewer(user_id: str, review_id: str) -> str:
    return f"{NEWCOMER}{user_id[1:]}" if crc32(review_id[::-1].encode()) % 2 else user_id


def _draw(review_id: str) -> float:
    """A number from 0 to 100 that is always the same for a review."""
    return crc32(review_id.encode()) % 10_000 / 100
