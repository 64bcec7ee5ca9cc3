"""The sample as rows and as a file, with the facts that tests of a pipeline need."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fondly.evaluation.sample.row import COLUMNS
from fondly.evaluation.sample.sample import Sample
from fondly.stack.sample import EMAIL, customer_addresses


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """The facts of a written sample.

    `interactions` counts distinct pairs of customer and product id. The `ambiguous_*_rows` are those whose
    names, titles or texts no rule can split into one per reviewer. `disliked_products` have mostly negative
    reviews.
    """

    rows: int
    products: int
    customers: int
    reviews: int
    interactions: int
    ambiguous_name_rows: int
    ambiguous_title_rows: int
    ambiguous_text_rows: int
    disliked_products: frozenset[str]

    @property
    def unaligned_texts(self) -> int:
        """The number of cells whose titles or texts cannot be assigned to reviewers."""
        return self.ambiguous_title_rows + self.ambiguous_text_rows


def generate(*, seed: int = 7, customers: int = 1500, products: int = 300) -> Iterator[dict[str, str]]:
    """Yield the sample row by row, each a mapping of its columns; equal arguments give equal rows.

    Raises ValueError for fewer than 12 products, or fewer customers than products.
    """
    sample = Sample(seed=seed, customers=customers, products=products)
    return (row.cells() for row in sample.rows())


def write_sample(
    path: Path, *, seed: int = 7, customers: int = 1500, products: int = 300, addresses: bool = False
) -> SampleFacts:
    """Write the sample as UTF-8 CSV, the same by the same arguments, in little memory; return its facts."""
    sample = Sample(seed=seed, customers=customers, products=products)
    tally = Counter[str]()
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = (*COLUMNS, EMAIL) if addresses else COLUMNS
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in sample.rows():
            of = {EMAIL: customer_addresses(list(row.user_ids))} if addresses else {}
            writer.writerow(row.cells() | of)
            tally.update(
                rows=1,
                ambiguous_name_rows=row.names_are_ambiguous,
                ambiguous_title_rows=row.titles_are_ambiguous,
                ambiguous_text_rows=row.texts_are_ambiguous,
            )
    disliked = (each for each in sample.market.listings if each.reception == "disliked")
    return SampleFacts(
        **tally,
        products=products,
        customers=customers,
        reviews=sample.reviews,
        interactions=sample.pairs,
        disliked_products=frozenset(v.product_id for each in disliked for v in each.variants),
    )
