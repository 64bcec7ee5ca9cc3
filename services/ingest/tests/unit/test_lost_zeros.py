"""Ids that have lost their zeros are told with the line that restores them, and never joined silently."""

from pathlib import Path
from typing import NamedTuple

import pytest

from fondly.contracts.ingest_report import IngestReport
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.use_cases.check_files import check_files
from services.ingest.tests.checking import CUSTOMERS, Rows, sources
from services.ingest.tests.fakes import limits

RULES = limits(max_rejected_share=0.05).load


class Ids(NamedTuple):
    """A product's id in the products file, and that of an order's product and customer, who is `007`."""

    product: str
    ordered: str
    customer: str = "007"


def report(folder: Path, ids: Ids, mapping: str) -> IngestReport:
    """Check a set with these ids."""
    tables: dict[str, Rows] = {
        "products": [{"product_id": ids.product, "product_name": "Kettle", "discounted_price": "12.50"}],
        "customers": [{**CUSTOMERS[0], "user_id": "007"}],
        "orders": [{"order_id": "O1", "user_id": ids.customer, "product_id": ids.ordered}],
    }
    return check_files(sources(folder, tables, read_mapping(mapping, file="mapping.yaml")), RULES).report


@pytest.mark.parametrize(
    ("ids", "column", "found", "digits"),
    [
        (Ids("00123", "123"), "product_id", "'123', where products.csv has '00123'", 5),
        (Ids("123", "00123"), "product_id", "'00123', where products.csv has '123'", 5),
        (Ids("00123", "123.0"), "product_id", "'123.0', where products.csv has '00123'", 5),
        (Ids("123.0", "123"), "product_id", "'123', where products.csv has '123.0'", 3),
        (Ids("00123", "00123", "7"), "user_id", "'7', where customers.csv has '007'", 3),
    ],
)
def test_lost_zeros_are_told_and_restored_by_a_line_of_the_mapping(
    tmp_path: Path, ids: Ids, column: str, found: str, digits: int
) -> None:
    """It names both files, an example of either, and how many digits there are."""
    failed = report(tmp_path, ids, "{}").failed or ""
    remedy = f"units: {{fields: {{{column}: {{digits: {digits}}}}}}}"
    assert failed.startswith("orders.csv: no usable row")
    assert found in failed
    assert remedy in failed
    mapped = report(tmp_path, ids, remedy)
    assert (mapped.failed, mapped.counts["purchases"]) == (None, 1)


def test_an_id_that_nothing_is_like_is_just_unknown(tmp_path: Path) -> None:
    """Without advice that does not help."""
    failed = report(tmp_path, Ids("00123", "124"), "{}").failed or ""
    assert "expected the id of a product of the products file" in failed
    assert "digits" not in failed
