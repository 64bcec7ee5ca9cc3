"""A small good shop of which single cells, lines or bytes are made odd."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from tests.odd_files.case import Facts, Read, Refused

Row = Mapping[str, str]
NAMES = ("Asha", "Ben", "Chloe", "Dario", "Edda", "Farid", "Gita", "Hugo")
SAME: Mapping[str, Facts] = MappingProxyType({})
COLUMNS = (
    *("product_id", "product_name", "category", "discounted_price", "actual_price", "discount_percentage"),
    *("rating", "rating_count", "about_product", "user_id", "user_name", "review_id", "review_title"),
    *("review_content", "img_link", "product_link"),
)
HEADER = (",".join(COLUMNS) + "\n").encode()


def row(number: int, **cells: str) -> Row:
    """Return the row of product, customer and review `number`, with these cells in place of its own."""
    own = {
        "product_id": f"P{number}",
        "product_name": f"Cable {number}",
        "category": "Computers|Cables",
        "discounted_price": "399",
        "actual_price": "",
        "discount_percentage": "",
        "rating": "4.2",
        "rating_count": "24269",
        "about_product": "Strong|Long",
        "user_id": f"C{number}",
        "user_name": _name(number),
        "review_id": f"R{number}",
        "review_title": "Good",
        "review_content": f"Works well {number}",
        "img_link": f"https://images.example.com/{number}.jpg",
        "product_link": f"https://shop.example.com/p/{number}",
    }
    return own | cells


def rows(*numbers: int) -> list[Row]:
    """Return several good rows."""
    return [row(number) for number in numbers]


def table(
    content: Sequence[Row],
    *,
    delimiter: str = ",",
    end: str = "\n",
    header: bool = True,
    names: Mapping[str, str] = MappingProxyType({}),
    quote_all: bool = False,
) -> bytes:
    """Return rows as UTF-8 CSV with the columns that any row has; `names` are what others call them."""
    columns = list(dict.fromkeys(name for each in content for name in each))
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    if header:
        writer.writerow([names.get(name, name) for name in columns])
    writer.writerows([each.get(name, "") for name in columns] for each in content)
    return text.getvalue().encode()


def lines(*numbers: int) -> list[bytes]:
    """Return the lines of good rows, without a header."""
    return table(rows(*numbers), header=False).splitlines(keepends=True)


def product(number: int) -> Facts:
    """Return what is published of product `number`."""
    return {
        "name": f"Cable {number}",
        "category": ("Computers", "Cables"),
        "price": Decimal(399),
        "list_price": None,
        "currency": "INR",
        "rating": Decimal("4.2"),
        "rating_count": 24_269,
        "bullets": ("Strong", "Long"),
        "image_url": f"https://images.example.com/{number}.jpg",
        "link": f"https://shop.example.com/p/{number}",
    }


def customer(number: int) -> Facts:
    """Return what is published of customer `number`."""
    return {"name": _name(number)}


def review(number: int) -> Facts:
    """Return what is published of review `number`."""
    return {
        "customer_id": f"C{number}",
        "product_ids": (f"P{number}",),
        "title": "Good",
        "text": f"Works well {number}",
    }


def published(
    *numbers: int,
    changes: Mapping[str, Facts] = SAME,
    refused: Sequence[Refused] = (),
    may_refuse: Sequence[Refused] = (),
) -> Read:
    """Return that all of these rows are published, with `changes` by id, such as `P2`.

    A change of `id` renames the record.
    """
    return Read(
        products=_changed({f"P{number}": product(number) for number in numbers}, changes),
        customers=_changed({f"C{number}": customer(number) for number in numbers}, changes),
        reviews=_changed({f"R{number}": review(number) for number in numbers}, changes),
        refused=tuple(refused),
        may_refuse=tuple(may_refuse),
    )


def _changed(records: Mapping[str, Facts], changes: Mapping[str, Facts]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for key, facts in records.items():
        change = dict(changes.get(key, {}))
        own = str(change.pop("id", key))
        found[own] = {**facts, **change}
    return found


def _name(number: int) -> str:
    return NAMES[(number - 1) % len(NAMES)]
