"""What a row of each kind of file says; `RowError` when it lacks what it cannot do without."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, NamedTuple, TypeVar

from pydantic import Field, ValidationError

from encore.contracts.records import Identifier, Product, Record
from encore.ingest.domain import values
from encore.ingest.domain.cells import Row
from encore.ingest.domain.errors import RowError
from encore.ingest.domain.lists import align
from encore.ingest.domain.text import clean, without_image_urls

Model = TypeVar("Model", bound=Record)
MAX_NAME_CHARS = 2_000
MAX_TEXT_CHARS = 20_000
"""Keeps a record within DynamoDB's 400 KB an item, whatever its script."""


class Person(Record):
    """A customer as one row has them."""

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    age: Annotated[int, Field(ge=0, le=values.MAX_AGE)] | None = None


class Opinion(Record):
    """A review as one row has it: one customer on one product."""

    review_id: Identifier
    customer_id: Identifier
    product_id: Identifier
    title: str | None = None
    text: str | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    timestamp: Annotated[int, Field(ge=0)] | None = None


class CombinedRow(NamedTuple):
    """A product with its reviewers, as many `people` as `opinions`.

    `shared_texts` holds the title and text cells that could not be given to one reviewer each; each counts
    once in `unaligned`, also when there is nothing in it to keep.
    """

    product: Product
    people: Sequence[Person]
    opinions: Sequence[Opinion]
    shared_texts: Sequence[str]
    unaligned: int


_name = partial(values.bounded, max_chars=MAX_NAME_CHARS)
_text = partial(values.bounded, max_chars=MAX_TEXT_CHARS)


def read_combined(row: Row, *, default_currency: str) -> CombinedRow:
    """Read a row of the Kaggle format: one product, one or several reviewers."""
    users, review_ids = _ids(row, "user_id"), _ids(row, "review_id")
    if len(users) != len(review_ids):
        raise RowError(f"{len(users)} user ids but {len(review_ids)} review ids", column="review_id")
    count = len(users)
    product = read_product(row, default_currency=default_currency)
    titles, texts = _entries(row, "review_title", count), _entries(row, "review_content", count)
    people = _people(row, users)
    opinions = [
        _opinion(
            row, review_id=review_id, customer_id=user, product=product, title=title, text=text, time=time
        )
        for review_id, user, title, text, time in zip(
            review_ids, users, titles or [""] * count, texts or [""] * count, _times(row, count), strict=True
        )
    ]
    lost = [name for name, found in (("review_title", titles), ("review_content", texts)) if found is None]
    return CombinedRow(product, people, opinions, list(_shared(row, lost)), len(lost))


def read_product(row: Row, *, default_currency: str) -> Product:
    """Read the product columns of a row."""
    product_id = row.required("product_id", values.read_id)
    name = row.required("product_name", _present)
    price, list_price = _prices(row, default_currency)
    return _validated(
        Product,
        product_id=product_id,
        name=name,
        category=row.optional("category", values.read_path) or (),
        price=price.amount,
        list_price=list_price,
        currency=price.currency,
        discount_percent=row.optional("discount_percentage", values.read_percent),
        rating=row.optional("rating", values.read_rating),
        rating_count=row.optional("rating_count", values.read_count),
        bullets=row.optional("about_product", _bullets) or (),
        image_url=row.optional("img_link", values.read_url),
        link=row.optional("product_link", values.read_url),
    )


def read_person(row: Row) -> Person:
    """Read a row of a customers file."""
    return _person(row, row.required("user_id", values.read_id), *map(row.raw, ("user_name", "email", "age")))


def read_opinion(row: Row) -> Opinion:
    """Read a row of a reviews file; only here is `rating` the reviewer's own."""
    return _validated(
        Opinion,
        review_id=row.required("review_id", values.read_id),
        customer_id=row.required("user_id", values.read_id),
        product_id=row.required("product_id", values.read_id),
        title=row.optional("review_title", _text),
        text=_words(row, row.raw("review_content")),
        rating=row.optional("rating", values.read_rating),
        timestamp=row.optional("timestamp", values.read_timestamp),
    )


def _ids(row: Row, column: str) -> list[str]:
    return row.required(column, lambda cell: [values.read_id(entry.strip()) for entry in cell.split(",")])


def _entries(row: Row, column: str, count: int) -> list[str] | None:
    """The column's text for each reviewer, all empty when the cell is; None when it cannot be aligned."""
    cell = row.raw(column)
    return align(cell, count) if cell.strip() else [""] * count


def _facts(row: Row, column: str, count: int) -> list[str]:
    """Like `_entries`, but what cannot be aligned is noted and nobody's."""
    found = _entries(row, column, count)
    if found is None:
        row.note(column, f"not one value for each of {count} reviewers")
    return found or [""] * count


def _times(row: Row, count: int) -> list[str]:
    cell = row.raw("timestamp")
    return [cell] * count if "," not in cell else _facts(row, "timestamp", count)


def _people(row: Row, users: Sequence[str]) -> list[Person]:
    columns = (_facts(row, column, len(users)) for column in ("user_name", "email", "age"))
    return [_person(row, user, *facts) for user, *facts in zip(users, *columns, strict=True)]


def _person(row: Row, customer_id: str, name: str, email: str, age: str) -> Person:
    return _validated(
        Person,
        customer_id=customer_id,
        name=row.value("user_name", name, _name),
        email=row.value("email", email, values.read_email),
        age=row.value("age", age, values.read_age),
    )


def _opinion(
    row: Row, *, review_id: str, customer_id: str, product: Product, title: str, text: str, time: str
) -> Opinion:
    return _validated(
        Opinion,
        review_id=review_id,
        customer_id=customer_id,
        product_id=product.product_id,
        title=row.value("review_title", title, _text),
        text=_words(row, text),
        timestamp=row.value("timestamp", time, values.read_timestamp),
    )


def _words(row: Row, text: str) -> str | None:
    return row.value("review_content", without_image_urls(text), _text)


def _shared(row: Row, columns: Iterable[str]) -> Iterable[str]:
    for column in columns:
        if kept := clean(without_image_urls(row.raw(column)))[:MAX_TEXT_CHARS]:
            yield kept


def _prices(row: Row, default_currency: str) -> tuple[values.Price, Decimal | None]:
    """The price asked now, and the one before the discount where the row has a believable one."""
    read = partial(values.read_price, default_currency=default_currency)
    asked, listed = row.optional("discounted_price", read), row.optional("actual_price", read)
    if asked is None and listed is None:
        raise RowError("no readable price", column="discounted_price")
    if asked is None or listed is None:
        return asked or listed, None  # type: ignore[return-value] # one of them is there
    if listed.currency != asked.currency or listed.amount < asked.amount:
        row.note("actual_price", "not a price before the discount: lower, or another currency")
        return asked, None
    return asked, listed.amount


def _bullets(text: str) -> tuple[str, ...]:
    return values.read_path(_text(text))


def _present(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return _name(text)


def _validated(kind: type[Model], **members: object) -> Model:
    try:
        return kind.model_validate(members)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise RowError(f"{where}: {problem['msg']}") from error
