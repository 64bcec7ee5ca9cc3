"""Which products of earlier files a shop still sells."""

from collections.abc import Sequence
from enum import StrEnum

from encore.contracts.records import Product

WHOLE_FROM = 0.5
"""A file with this share of the known products is taken for the whole catalogue."""


class Assortment(StrEnum):
    """What a file says about the products that it does not have."""

    AUTO = "auto"
    """They are gone if the file has at least half of the known products; else it only adds to them."""
    WHOLE = "whole"
    """They are gone."""
    ADDS = "adds"
    """Nothing: they are still sold."""


def still_sold(
    products: Sequence[Product], known: Sequence[Product], assortment: Assortment
) -> list[Product]:
    """Return the known products that a file does not have, and that are still sold."""
    ids = {one.product_id for one in products}
    missing = [one for one in known if one.product_id not in ids]
    if assortment is Assortment.AUTO:
        is_whole = len(known) - len(missing) >= WHOLE_FROM * len(known)
        assortment = Assortment.WHOLE if is_whole else Assortment.ADDS
    return missing if assortment is Assortment.ADDS else []
