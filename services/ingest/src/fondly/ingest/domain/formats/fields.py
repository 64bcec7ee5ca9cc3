"""What Fondly reads of a file: the kinds of rows, and the fields of each."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Kind(StrEnum):
    """What the rows of a file describe."""

    COMBINED = "combined"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    REVIEWS = "reviews"
    ORDERS = "orders"


class Field(NamedTuple):
    """A field of a row; `reads` is how its text is read: `money`, `number`, `moment`, or None for a text."""

    name: str
    is_required: bool
    reads: str | None


_READS = {
    **dict.fromkeys(("discounted_price", "actual_price", "unit_price"), "money"),
    **dict.fromkeys(("discount_percentage", "rating", "rating_count", "stock", "quantity"), "number"),
    **dict.fromkeys(("timestamp", "available_from"), "moment"),
}
_PRODUCT = (
    "actual_price",
    "currency",
    "category",
    "discount_percentage",
    "rating",
    "rating_count",
    "about_product",
    "img_link",
    "product_link",
    "brand",
    "parent_id",
    "variant",
    "in_stock",
    "stock",
    "available_from",
    "cost_class",
)
_CUSTOMER = ("user_name", "age", "marketing_consent", "suppressed", "language", "time_zone")
_REVIEW = ("review_title", "review_content", "timestamp")


def _fields(required: Iterable[str], optional: Iterable[str]) -> Mapping[str, Field]:
    found = [Field(name, is_required=True, reads=_READS.get(name)) for name in required]
    found += [Field(name, is_required=False, reads=_READS.get(name)) for name in optional]
    return MappingProxyType({field.name: field for field in found})


FIELDS: Mapping[Kind, Mapping[str, Field]] = MappingProxyType(
    {
        Kind.COMBINED: _fields(
            ("product_id", "product_name", "discounted_price", "user_id", "review_id"),
            (*_PRODUCT, *_CUSTOMER, "email", *_REVIEW),
        ),
        Kind.PRODUCTS: _fields(("product_id", "product_name", "discounted_price"), _PRODUCT),
        Kind.CUSTOMERS: _fields((), ("user_id", "email", *_CUSTOMER)),
        Kind.REVIEWS: _fields(
            ("product_id",), ("review_id", "user_id", "email", "user_name", *_REVIEW, "rating")
        ),
        Kind.ORDERS: _fields(
            ("order_id", "product_id"),
            ("user_id", "email", "user_name", "quantity", "unit_price", "timestamp", "marketing_consent"),
        ),
    }
)
"""For each kind of file its fields by name."""

ONE_OF: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys((Kind.CUSTOMERS, Kind.REVIEWS, Kind.ORDERS), ("user_id", "email"))
)
"""For each kind of file fields of which it needs at least one."""

KAGGLE = (
    "product_id",
    "product_name",
    "category",
    "discounted_price",
    "actual_price",
    "discount_percentage",
    "rating",
    "rating_count",
    "about_product",
    "user_id",
    "user_name",
    "review_id",
    "review_title",
    "review_content",
    "img_link",
    "product_link",
)
"""The columns of Kaggle's Amazon Sales Dataset, https://www.kaggle.com/datasets/karkavelrajaj/amazon-sales-dataset."""


def missing(kind: Kind, found: Iterable[str]) -> list[str]:
    """Return the fields that a file of this kind lacks; `user_id or email` if it needs either."""
    known = set(found)
    lacking = [name for name, field in FIELDS[kind].items() if field.is_required and name not in known]
    either = ONE_OF.get(kind, ())
    if either and known.isdisjoint(either):
        lacking.append(" or ".join(either))
    return lacking
