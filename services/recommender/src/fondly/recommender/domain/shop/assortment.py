"""Which products of earlier files a shop still sells."""

from collections.abc import Sequence
from enum import StrEnum

from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Product

CATALOGUE = "products"
"""The kind of a file that lists a shop's products; others name only those that were reviewed or bought."""
WHOLE_FROM = 0.9
"""Without such a file, products with this share of those known are taken for the whole catalogue."""


class Assortment(StrEnum):
    """What a file says about the products that it does not have."""

    AUTO = "auto"
    """They are gone if it has a file of products, or nearly all that are known; else they are still sold."""
    WHOLE = "whole"
    """They are gone."""
    ADDS = "adds"
    """Nothing: they are still sold."""


def still_sold(
    products: Sequence[Product],
    known: Sequence[Product],
    assortment: Assortment,
    *,
    report: IngestReport | None = None,
) -> list[Product]:
    """Return the known products that an upload lacks and that are still sold; `report` lists its files."""
    ids = {one.product_id for one in products}
    missing = [one for one in known if one.product_id not in ids]
    if assortment is Assortment.AUTO:
        lists_them = report is not None and any(one.kind == CATALOGUE for one in report.files)
        has_most = len(known) - len(missing) >= WHOLE_FROM * len(known)
        assortment = Assortment.WHOLE if lists_them or has_most else Assortment.ADDS
    return missing if assortment is Assortment.ADDS else []
