"""A made-up shop in the format of the Kaggle file `amazon.csv`; `fondly evaluate sample` makes others."""

import csv
import lzma
from pathlib import Path

STORED = Path(__file__).parent / "sample.csv.xz"
"""1,500 customers and 300 products."""
EMAIL = "email"
"""The column with customers' addresses, where a sample has them."""
_WITHOUT_ADDRESS = "A"
"""Of customers whose id ends so, one in 32, the shop has no address."""


def write_sample(path: Path, *, addresses: bool = False) -> None:
    """Write the shop's file as CSV in UTF-8, with its customers' addresses if they are wanted."""
    with (
        lzma.open(STORED, "rt", encoding="utf-8", newline="") as stored,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.DictReader(stored)
        columns = [*(rows.fieldnames or ()), *([EMAIL] if addresses else [])]
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row | {EMAIL: customer_addresses(row["user_id"].split(","))} for row in rows)


def customer_addresses(customer_ids: list[str]) -> str:
    """Return the addresses of customers as a cell; empty for the few whose address the shop does not have.

    Their domain is reserved for documentation (RFC 2606): no mail server on the Internet takes its mail.
    """
    return ",".join(
        "" if each.endswith(_WITHOUT_ADDRESS) else f"{each.lower()}@customers.example.com"
        for each in customer_ids
    )
