"""Reads the product of a row."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial
from sys import maxsize

from pydantic import ValidationError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import Product
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import RowError, UnreadableError, quoted
from fondly.ingest.domain.markup import MAX_HTML_CHARS, entries, is_markup
from fondly.ingest.domain.rows import reading
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.values import flags, moments, numbers, texts
from fondly.ingest.domain.values.currencies import read_currency
from fondly.ingest.domain.values.money import Price, read_price
from fondly.ingest.domain.values.texts import is_no_text

_CLOCK = re.compile(r"[0-9]:[0-9]")


def read_product(row: Row, how: Reading) -> Product:
    """Read the product columns of a row."""
    product_id = row.required("product_id", texts.read_id)
    name = row.required("product_name", _present)
    price, list_price = _prices(row, how)
    categories = row.optional("category", how.categories) or ()
    return _validated(
        product_id=product_id,
        name=name,
        category=next(iter(categories), ()),
        other_categories=categories[1:],
        price=price.amount,
        list_price=list_price,
        currency=price.currency,
        discount_percent=row.optional("discount_percentage", numbers.read_percent),
        rating=row.optional("rating", numbers.read_rating),
        rating_count=row.optional("rating_count", how.count("rating_count")),
        bullets=row.optional("about_product", _bullets) or (),
        image_url=row.optional("img_link", how.link),
        link=row.optional("product_link", how.link),
        brand=row.words("brand", row.raw("brand"), reading.label),
        parent_id=row.optional("parent_id", texts.read_id),
        variant=row.optional("variant", reading.label),
        in_stock=_in_stock(row, how),
        available_from=row.optional(
            "available_from", partial(moments.read_moment, decided=how.of("available_from"))
        ),
        cost_class=row.optional("cost_class", reading.label),
    )


def _prices(row: Row, how: Reading) -> tuple[Price, Decimal | None]:
    """Return the current price, and the list price if the row has a plausible one."""
    currency = row.optional("currency", read_currency)
    current, listed = (
        row.optional(field, partial(read_price, decided=how.of(field), currency=currency))
        for field in ("discounted_price", "actual_price")
    )
    if current is None and listed is None:
        raise _no_price(row)
    row.rounded += sum(price.is_rounded for price in (current, listed) if price)
    if listed is not None and not _is_on_sale(row, how):
        current = None
    if current is None or listed is None:
        return current or listed, None  # type: ignore[return-value] # one of them is set
    if listed.currency != current.currency:
        row.note(
            "actual_price",
            f"a list price in {current.currency}, as the current price",
            quoted(listed.currency),
        )
        return current, None
    if listed.amount < current.amount:
        row.note(
            "actual_price",
            "a list price that is not lower than the current price",
            quoted(str(listed.amount)),
        )
        return current, None
    return current, listed.amount


def _is_on_sale(row: Row, how: Reading) -> bool:
    """Return whether today is among the days of a sale; one whose days cannot be read is none."""
    if not (row.raw("sale_starts") or row.raw("sale_ends")):
        return True
    notes = len(row.notes)
    starts, ends = (
        row.optional(field, partial(moments.read_moment, decided=replace(how.of(field), latest=maxsize)))
        for field in ("sale_starts", "sale_ends")
    )
    last = ends + SECONDS_PER_DAY if ends is not None and not _CLOCK.search(row.raw("sale_ends")) else ends
    now = how.default.now
    return len(row.notes) == notes and (starts or 0) <= now and (last is None or now <= last)


def _bullets(text: str) -> tuple[str, ...]:
    """Read what is said about a product: entries between bars, of which some may be HTML."""
    found = texts.read_path(text[:MAX_HTML_CHARS] if is_markup(text) else reading.text(text))
    return tuple(entry for part in found for entry in (entries(part) if is_markup(part) else (part,)))


def _no_price(row: Row) -> RowError:
    missing = RowError("a price", column="discounted_price", found=quoted(row.raw("discounted_price")))
    return next((note for note in row.notes if note.column in {"discounted_price", "actual_price"}), missing)


def _in_stock(row: Row, how: Reading) -> bool | None:
    """Return whether the product can be sold; if two columns disagree, or it is not on sale, it cannot."""
    if row.raw("is_published") not in flags.YES or row.raw("deleted") not in flags.NO:
        return False
    stated = row.optional("in_stock", flags.read_stock_state)
    stock = row.optional("stock", partial(numbers.read_stock, decided=how.of("stock")))
    known = [state for state in (stated, None if stock is None else stock > 0) if state is not None]
    return all(known) if known else None


def _present(text: str) -> str:
    if is_no_text(text):
        raise UnreadableError("the name of a product", text)
    return reading.name(text)


def _validated(**members: object) -> Product:
    try:
        return Product.model_validate(members)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise RowError(problem["msg"], column=".".join(str(part) for part in problem["loc"])) from error
