"""A made-up shop in the format of the Kaggle file `amazon.csv`; `fondly evaluate sample` makes others."""

import csv
import lzma
from collections.abc import Callable
from itertools import islice
from pathlib import Path

STORED = Path(__file__).parent / "sample.csv.xz"
"""1,500 customers and 300 products."""
EMAIL = "email"
"""The column with customers' addresses, where a sample has them."""
_WITHOUT_ADDRESS = "A"
"""Of customers whose id ends so, one in 32, the shop has no address."""
_FEW_ROWS = 225
_GIVEN, _FAMILY = "Asha Ben Carla Deepak Eva Farid Gita Hugo Ines Jan", "Khan Moreau Novak Rao Silva Weber"
_FEW = [f"{given} {family}" for family in _FAMILY.split() for given in _GIVEN.split()]


def write_sample(path: Path, *, addresses: bool = False) -> None:
    """Write the shop's file as CSV in UTF-8, with its customers' addresses if they are wanted."""
    _write(path, lambda ids: {EMAIL: customer_addresses(ids)} if addresses else {})


def write_few(path: Path) -> None:
    """Write some of it as bought by 60 people, enough to train on, with addresses of SES's simulator."""
    known: dict[str, int] = {}

    def few(ids: list[str]) -> dict[str, str]:
        numbers = [known.setdefault(each, len(known)) % len(_FEW) for each in ids]
        return {
            "user_id": ",".join(f"few-{each}" for each in numbers),
            "user_name": ",".join(_FEW[each] for each in numbers),
            EMAIL: ",".join(f"success+{each}@simulator.amazonses.com" for each in numbers),
        }

    _write(path, few, rows=_FEW_ROWS)


def _write(path: Path, people: Callable[[list[str]], dict[str, str]], rows: int | None = None) -> None:
    """Write that many rows, with what is said of the people whose ids are in them."""
    with (
        lzma.open(STORED, "rt", encoding="utf-8", newline="") as stored,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        read = csv.DictReader(stored)
        columns = dict.fromkeys([*(read.fieldnames or ()), *people([])])
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | people(row["user_id"].split(",")) for row in islice(read, rows))


def customer_addresses(customer_ids: list[str]) -> str:
    """Return the addresses of customers as a cell; empty for the few whose address the shop does not have.

    Their domain is reserved for documentation (RFC 2606): no mail server on the Internet takes its mail.
    """
    return ",".join(
        "" if each.endswith(_WITHOUT_ADDRESS) else f"{each.lower()}@customers.example.com"
        for each in customer_ids
    )
