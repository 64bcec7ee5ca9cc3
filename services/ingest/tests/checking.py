"""Files on disk, read as `fondly check` reads them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fondly.ingest.domain.formats.mapping import Mapping as ColumnMapping
from fondly.ingest.use_cases.check_files import CheckedFiles, check_files
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.source_files import SourceFile, Watch
from services.ingest.tests.fakes import csv_lines, limits

Rows = Sequence[Mapping[str, str]]
PRODUCTS: Rows = [
    {"product_id": "P1", "product_name": "Kettle", "discounted_price": "12.50", "product_link": ""},
    {"product_id": "P2", "product_name": "Mug", "discounted_price": "4.00", "product_link": ""},
]
CUSTOMERS: Rows = [
    {"user_id": "C1", "email": "one@shop.example", "marketing_consent": "yes"},
    {"user_id": "C2", "email": "two@shop.example", "marketing_consent": "no"},
]
REVIEWS: Rows = [
    {"review_id": "R1", "user_id": "C1", "product_id": "P1", "review_content": "Fine"},
    {"review_id": "R2", "user_id": "C1", "product_id": "P2", "review_content": "x" * 301},
    {"review_id": "R3", "user_id": "C2", "product_id": "P1", "review_content": "Not counted"},
]
ORDERS: Rows = [{"order_id": "O1", "user_id": "C2", "product_id": "P2", "quantity": "1"}]
SET: Mapping[str, Rows] = {"products": PRODUCTS, "customers": CUSTOMERS, "reviews": REVIEWS}


def sources(
    folder: Path, tables: Mapping[str, Rows], mapping: ColumnMapping | None = None
) -> list[SourceFile]:
    """Write the tables as CSV files into a folder."""
    found = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        path.write_bytes(csv_lines(rows))
        found.append(SourceFile(path, path.name, mapping=mapping.for_file(path.name) if mapping else None))
    return found


def check(
    folder: Path,
    tables: Mapping[str, Rows],
    *,
    rules: LoadRules | None = None,
    watch: Watch = lambda _: None,
    rejects: Path | None = None,
) -> CheckedFiles:
    """Check the tables, by the rules of a shop in India if no others are given."""
    return check_files(sources(folder, tables), rules or limits().load, watch=watch, rejects=rejects)
