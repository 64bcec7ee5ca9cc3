"""The file formats: their required and optional columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from encore.ingest.domain.errors import FileError
from encore.ingest.domain.text import clean


class Kind(StrEnum):
    """What the rows of a file describe."""

    COMBINED = "combined"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    REVIEWS = "reviews"
    ORDERS = "orders"


@dataclass(frozen=True)
class Format:
    """The columns of one kind of file, by name, in any order."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


_PRODUCT_DETAILS = (
    "category",
    "discount_percentage",
    "rating",
    "rating_count",
    "about_product",
    "img_link",
    "product_link",
)
_MERCHANDISING = ("brand", "parent_id", "variant", "in_stock", "stock", "available_from")
FORMATS = {
    Kind.COMBINED: Format(
        required=(
            "product_id",
            "product_name",
            "discounted_price",
            "actual_price",
            *_PRODUCT_DETAILS,
            "user_id",
            "user_name",
            "review_id",
            "review_title",
            "review_content",
        ),
        optional=("timestamp", "age", "email", *_MERCHANDISING),
    ),
    Kind.PRODUCTS: Format(
        required=("product_id", "product_name", "discounted_price"),
        optional=("actual_price", *_PRODUCT_DETAILS, *_MERCHANDISING),
    ),
    Kind.CUSTOMERS: Format(required=("user_id",), optional=("user_name", "email", "age")),
    Kind.REVIEWS: Format(
        required=("review_id", "user_id", "product_id"),
        optional=("review_title", "review_content", "rating", "timestamp"),
    ),
}


def read_header(cells: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Return the file's column names; raise `FileError` if they do not match its kind.

    Unknown columns are ignored: exports often carry an index of their own.
    """
    names = tuple(clean(cell).casefold() for cell in cells)
    expected = FORMATS[kind]
    missing = [name for name in expected.required if name not in names]
    if missing:
        raise FileError(f"missing columns: {', '.join(missing)}{_hint(cells)}")
    known = {*expected.required, *expected.optional}
    repeated = sorted({name for name in names if name in known and names.count(name) > 1})
    if repeated:
        raise FileError(f"repeated columns: {', '.join(repeated)}")
    return names


def _hint(cells: Sequence[str]) -> str:
    separators = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    found = next((name for mark, name in separators.items() if len(cells) == 1 and mark in cells[0]), None)
    return f" (columns are separated by {found}, not commas)" if found else ""
