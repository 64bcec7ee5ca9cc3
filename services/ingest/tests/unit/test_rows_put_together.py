"""A row's new reviews are put together: what comes of it is the same as if they were put one by one."""

import random
from typing import Any

import pytest

from fondly.ingest.use_cases.merge_rows import MergeRows
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered

KEY = "uploads/shop.csv"
ROWS, MOST_REVIEWERS = 40, 6


def odd_rows(seed: int) -> list[dict[str, str]]:
    """Rows whose customers, reviews, products and parents come again, also within a row and with others."""
    chance = random.Random(seed)  # noqa: S311 - not for security
    owner = {f"R{number}": f"C{chance.randrange(30)}" for number in range(80)}
    rows = []
    for number in range(ROWS):
        reviews = chance.choices(sorted(owner), k=chance.randint(1, MOST_REVIEWERS))
        customers = [each if chance.random() < 0.95 else "C99" for each in map(owner.__getitem__, reviews)]
        texts = [f"text {chance.randrange(3)} of {each}" for each in reviews]
        cells = {"product_id": f"P{chance.randrange(25)}", "parent_id": f"P{chance.randrange(25)}"}
        joined = {"user_id": customers, "review_id": reviews, "user_name": customers}
        joined |= {"review_title": reviews, "review_content": texts}
        rows.append(numbered(number, **cells, **{name: ",".join(each) for name, each in joined.items()}))
    return rows


async def ingested(seed: int) -> tuple[Any, ...]:
    """What is stored, counted and refused of the rows."""
    bench = Bench(limits(max_rejected_share=1.0))
    await bench.upload(KEY, csv_lines(odd_rows(seed)))
    stored = (await bench.stored_products(), await bench.stored_customers(), await bench.stored_texts())
    return *stored, await bench.counts(), await bench.rejects()


@pytest.mark.parametrize("seed", range(3))
async def test_reviews_that_are_put_together_are_those_that_are_put_one_by_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever customers, reviews and products are known, and however many records a customer may have."""
    monkeypatch.setattr("fondly.ingest.adapters.scratch.MAX_CUSTOMER_RECORDS", 3)
    together = await ingested(seed)
    monkeypatch.setattr(MergeRows, "_put_new", lambda *_: set())
    one_by_one = await ingested(seed)
    assert together == one_by_one
    assert together[1]
