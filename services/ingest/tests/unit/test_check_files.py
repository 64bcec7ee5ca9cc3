"""What a check finds in files, without storing anything."""

import json
from pathlib import Path

import pytest

from fondly.contracts.records import Exclusion
from services.ingest.tests.checking import CUSTOMERS, ORDERS, PRODUCTS, REVIEWS, SET, Rows, check
from services.ingest.tests.fakes import csv_lines, limits, numbered


def test_a_complete_set_is_counted_as_ingest_counts_it(tmp_path: Path) -> None:
    """Records, interactions, and who gets no email; a customer with two interactions has returned."""
    found = check(tmp_path, {**SET, "orders": ORDERS})
    assert found.report.failed is None
    counts = found.report.counts
    assert [counts[name] for name in ("products", "customers", "reviews", "purchases")] == [2, 2, 3, 1]
    assert counts["interactions"] == 4
    assert found.report.exclusions == {Exclusion.NO_CONSENT: 1}
    assert (found.active, found.returning) == (2, 2)
    assert {each.kind for each in found.report.files} == {"products", "customers", "reviews", "orders"}


def test_only_texts_that_are_scored_are_billed(tmp_path: Path) -> None:
    """Equal words once, each at least 300 characters, and none of people who get no email."""
    reviews = [*REVIEWS, {**REVIEWS[0], "review_id": "R4", "product_id": "P2"}]
    assert check(tmp_path, {**SET, "reviews": reviews}).texts == (2, 3 + 4)


@pytest.mark.parametrize(
    ("tables", "missing"),
    [
        ({"products": PRODUCTS}, "found products, expected customers and reviews or orders as well"),
        ({"customers": CUSTOMERS, "products": PRODUCTS}, "expected reviews or orders as well"),
        ({"products": PRODUCTS, "orders": [{**ORDERS[0]}]}, "found orders, products, expected customers"),
    ],
)
def test_an_incomplete_set_fails_with_what_it_lacks(
    tmp_path: Path, tables: dict[str, Rows], missing: str
) -> None:
    """What was read is reported all the same."""
    found = check(tmp_path, tables)
    assert found.report.failed is not None
    assert missing in found.report.failed
    assert len(found.report.files) == len(tables)


def test_a_file_that_cannot_be_used_is_named_with_what_was_found_before_it(tmp_path: Path) -> None:
    """The reasons of all rejects are there, and each reject is in the file that was asked for."""
    rows = [numbered(1), *[numbered(number, discounted_price="", actual_price="") for number in range(2, 7)]]
    rejects = tmp_path / "rejects.jsonl"
    rules = limits(max_rejected_share=0.05).load
    found = check(tmp_path, {"shop": rows}, rules=rules, rejects=rejects)
    assert found.report.failed is not None
    assert found.report.failed.startswith(
        "shop.csv: 5 of 6 rows were rejected (83.3%), expected at most 5.0%"
    )
    (reason,) = found.report.rejects
    assert (reason.count, reason.column, reason.line, reason.found) == (5, "discounted_price", 3, "nothing")
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [3, 4, 5, 6, 7]
    assert found.texts == (0, 0)


def test_every_byte_is_told_of_twice(tmp_path: Path) -> None:
    """Once when the columns are surveyed, once when the rows are read: a progress bar can rely on it."""
    told: list[int] = []
    rows = [numbered(number) for number in range(1, 3000)]
    check(tmp_path, {"shop": rows}, watch=told.append)
    assert sum(told) == 2 * len(csv_lines(rows))
    assert len(told) > 10


def test_the_hosts_of_links_are_counted(tmp_path: Path) -> None:
    """They are what a shop may set as its own."""
    found = check(tmp_path, {"shop": [numbered(1), numbered(2, img_link="")]})
    assert dict(found.link_hosts) == {"shop.example.com": 2}
    assert dict(found.picture_hosts) == {"images.example.com": 1}


def test_a_sample_shows_what_emails_will_be_made_of(tmp_path: Path) -> None:
    """Whoever has a history comes first, nobody excluded is there, and what is most popular leads."""
    customers = [*CUSTOMERS, {**CUSTOMERS[0], "user_id": "C0", "email": "nought@shop.example"}]
    found = check(tmp_path, {**SET, "customers": customers[::-1], "orders": ORDERS}).sample
    assert [each.customer_id for each in found.recipients] == ["C1", "C0"]
    assert found.owned.keys() == {"P1", "P2"}
    assert [(each.product_id, records) for each, records in found.popular] == [("P1", 2), ("P2", 2)]
    assert [each.product_id for each in found.products] == ["P1", "P2"]
    assert len(found.review_texts) == len(REVIEWS)


def test_ignored_columns_come_with_their_first_values(tmp_path: Path) -> None:
    """As often as they stand there, also those of a set that cannot be used."""
    products = [{**each, "shelf": shelf, "gap": ""} for each, shelf in zip(PRODUCTS, "AA", strict=True)]
    for tables in ({**SET, "products": products}, {"products": products}):
        found = check(tmp_path, tables).ignored_columns
        assert [(each.column, each.values) for each in found] == [("shelf", {"A": 2}), ("gap", {})]
