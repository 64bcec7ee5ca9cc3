"""A small shop's files on disk, for commands that read them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

PRODUCTS = [{"product_id": f"P{n}", "product_name": f"Mug {n}", "discounted_price": "4.50"} for n in range(5)]
CUSTOMERS = [
    {"user_id": f"C{n}", "email": f"c{n}@shop.example", "marketing_consent": "yes"} for n in range(40)
]
REVIEWS = [{"review_id": f"R{n}", "user_id": f"C{n % 40}", "product_id": f"P{n % 5}"} for n in range(60)]


def write(folder: Path, **files: Sequence[Mapping[str, str]]) -> None:
    """Write a set, changed in some files."""
    folder.mkdir(exist_ok=True)
    for name, rows in {"products": PRODUCTS, "customers": CUSTOMERS, "reviews": REVIEWS, **files}.items():
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
