"""Writes the mirror as a set of files, in the columns of docs/data-formats.md, with its manifest last."""

import csv
import json
from collections.abc import Mapping
from datetime import date
from hashlib import file_digest
from pathlib import Path

from fondly.contracts.clock import utc_now
from fondly.contracts.object_keys import UPLOADS
from fondly.ingest.domain.file_names import MANIFEST
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


def write_files(mirror: Mirror, folder: Path, today: date) -> dict[str, str]:
    """Write a file for each kind that has rows; return their SHA-256 by name.

    The same objects make the same bytes. Raises `OperationError` if the shop has no products or customers.
    """
    written = {kind: _write(folder / f"{kind}.csv", kind, mirror, today) for kind in COLUMNS}
    if missing := [kind for kind in NEEDED if not written[kind]]:
        raise OperationError(f"the shop has no {' and no '.join(missing)}: does the token have every scope?")
    return {f"{kind}.csv": digest for kind, digest in written.items() if digest}


async def upload(objects: S3Objects, name: str, folder: Path, digests: Mapping[str, str]) -> None:
    """Upload the files, and last the manifest that names them: then a run starts."""
    for file in digests:
        with (folder / file).open("rb") as body:
            await objects.put(f"{UPLOADS}{name}/{file}", body, content_type="text/csv")
    files = [{"name": file, "sha256": digest} for file, digest in digests.items()]
    manifest = json.dumps({"files": files, "written_at": utc_now().isoformat()}).encode()
    await objects.put(f"{UPLOADS}{name}/{MANIFEST}", manifest, content_type="application/json")


def _write(path: Path, kind: str, mirror: Mirror, today: date) -> str:
    """Write a file with the columns that say something; return its SHA-256, or nothing without any."""
    used = mirror.columns(kind)
    used |= {"actual_price"} if "special_price" in used else set()
    columns = [each for each in COLUMNS[kind] if each in used]
    with path.open("w", encoding="utf-8", newline="") as file:
        cells = csv.DictWriter(file, columns, extrasaction="ignore")
        cells.writeheader()
        cells.writerows(as_sold(each, today) for each in mirror.rows(kind))
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() if used else ""


def as_sold(cells: Row, today: date) -> Row:
    """Return a row as of today: `special_price` counts from `special_from` to `special_to`, if set."""
    special, ends = cells.get("special_price"), cells.get("special_to") or "9999"
    if special and cells.get("special_from", "")[:10] <= today.isoformat() <= ends[:10]:
        cells = {**cells, "discounted_price": special, "actual_price": cells["discounted_price"]}
    return {**cells, "in_stock": "no"} if "sold_out" in cells else cells
