"""Writes the mirror as a set of files, in the columns of docs/data-formats.md, with its manifest last."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from fondly.contracts.clock import utc_now
from fondly.contracts.object_keys import UPLOADS
from fondly.ingest.domain.file_names import MANIFEST
from fondly.ingest.use_cases.verify_files import sha256_of
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.model import Row
from fondly.operations.errors import OperationError
from fondly.runtime.storage import S3Objects

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "products": (
        *("product_id", "product_name", "discounted_price", "actual_price", "currency", "category", "brand"),
        *("about_product", "img_link", "product_link", "parent_id", "variant", "in_stock"),
    ),
    "customers": ("user_id", "email", "user_name", "marketing_consent", "language"),
    "orders": (
        *("order_id", "product_id", "user_id", "email", "quantity", "refunded_quantity"),
        *("cancelled_quantity", "unit_price", "timestamp", "status"),
    ),
    "reviews": (
        *(
            "review_id",
            "product_id",
            "user_id",
            "email",
            "user_name",
            "rating",
            "review_content",
            "timestamp",
        ),
    ),
}
NEEDED = ("products", "customers")
"""Kinds without which no run could start."""


class Written(NamedTuple):
    """The SHA-256 of files by name, and how many rows of each kind are of no use to a run."""

    digests: dict[str, str]
    left_out: Counter[str]
    """Products without a price, and what is about products that are not in the shop any more."""


def write_files(mirror: Mirror, folder: Path, today: date) -> Written:
    """Write a file for each kind that has rows: the same objects make the same bytes.

    Raises `OperationError` if the shop has no products or customers.
    """
    ids, written = set[str](), Written({}, Counter())
    for kind in COLUMNS:
        path = folder / f"{kind}.csv"
        if _write(path, kind, _useful(kind, mirror, today, ids, written.left_out), mirror.columns(kind)):
            written.digests[path.name] = sha256_of(path)
        elif kind in NEEDED:
            raise OperationError(f"the shop has no {kind} that can be used: has the token every scope?")
    return written


async def upload(objects: S3Objects, name: str, folder: Path, digests: Mapping[str, str]) -> None:
    """Upload the files, and last the manifest that names them: then a run starts."""
    for file in digests:
        with (folder / file).open("rb") as body:
            await objects.put(f"{UPLOADS}{name}/{file}", body, content_type="text/csv")
    files = [{"name": file, "sha256": digest} for file, digest in digests.items()]
    manifest = json.dumps({"files": files, "written_at": utc_now().isoformat()}).encode()
    await objects.put(f"{UPLOADS}{name}/{MANIFEST}", manifest, content_type="application/json")


def _useful(kind: str, mirror: Mirror, today: date, ids: set[str], left_out: Counter[str]) -> Iterator[Row]:
    """Yield the rows that ingest can use: a run with too many others would end."""
    for each in mirror.rows(kind):
        cells = as_sold(each, today)
        is_product, of = kind == "products", cells.get("product_id")
        if "discounted_price" not in cells if is_product else of is not None and of not in ids:
            left_out[kind] += 1
            continue
        ids |= {cells["product_id"], cells.get("parent_id", "")} if is_product else set()
        yield cells


def _write(path: Path, kind: str, rows: Iterator[Row], used: set[str]) -> bool:
    """Write rows in the columns that say something; return whether there are any."""
    used |= {"actual_price"} if "special_price" in used else set()
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        cells = csv.DictWriter(file, [each for each in COLUMNS[kind] if each in used], extrasaction="ignore")
        cells.writeheader()
        for number, each in enumerate(rows, 1):  # noqa: B007 - it is counted
            cells.writerow(each)
    return number > 0


def as_sold(cells: Row, today: date) -> Row:
    """Return a row as of today: `special_price` counts from `special_from` to `special_to`, if set."""
    special, ends = cells.get("special_price"), cells.get("special_to") or "9999"
    if special and cells.get("special_from", "")[:10] <= today.isoformat() <= ends[:10]:
        cells = {**cells, "discounted_price": special, "actual_price": cells["discounted_price"]}
    return {**cells, "in_stock": "no"} if "sold_out" in cells else cells
