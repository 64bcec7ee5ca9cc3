"""Reads a row of each kind of file; `RowError` if a required value is missing or unreadable."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, NamedTuple, TypeVar

from pydantic import Field, ValidationError

from encore.contracts.records import Identifier, Product, Record
from encore.ingest.domain.cells import Row
from encore.ingest.domain.errors import RowError
from encore.ingest.domain.joined_lists import divide_joined, split_joined
from encore.ingest.domain.text import clean, has_words, without_image_urls
from encore.ingest.domain.values import flags, identifiers, links, moments, money, numbers, people, texts
from encore.ingest.domain.values.conventions import Chosen, ColumnSurvey, Defaults, Reads

Model = TypeVar("Model", bound=Record)
MAX_NAME_CHARS = 2_000
MAX_LABEL_CHARS = 200
MAX_TEXT_CHARS = 20_000
"""Keeps a record within DynamoDB's 400 KB per item in any script."""


class CustomerRow(Record):
    """A customer as given in one row."""

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    age: Annotated[int, Field(ge=0, le=people.MAX_AGE)] | None = None


class ReviewRow(Record):
    """A review as given in one row: one customer on one product."""

    review_id: Identifier
    customer_id: Identifier
    product_id: Identifier
    title: str | None = None
    text: str | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    timestamp: Annotated[int, Field(ge=0)] | None = None


class CombinedRow(NamedTuple):
    """A product with its reviewers: `customers` and `reviews` have the same length.

    `unaligned` counts the title and text cells that could not be divided among the reviewers; `shared_texts`
    holds what is worth keeping of them, at most one text for each reviewer.
    """

    product: Product
    customers: Sequence[CustomerRow]
    reviews: Sequence[ReviewRow]
    shared_texts: Sequence[str]
    unaligned: int


_AS_BEFORE = ColumnSurvey(Reads.MONEY).decide(
    Defaults("INR", "en_IN", "UTC"), column="", chosen=Chosen(decimal=".")
)
_moment = partial(moments.read_moment, decided=_AS_BEFORE)
_count = partial(numbers.read_count, decided=_AS_BEFORE)
_stock = partial(numbers.read_stock, decided=_AS_BEFORE)
_url = partial(links.read_url, policy=links.LinkPolicy(("*", "localhost:8026")))
_name = partial(texts.bounded, max_chars=MAX_NAME_CHARS)
_label = partial(texts.bounded, max_chars=MAX_LABEL_CHARS)
_text = partial(texts.bounded, max_chars=MAX_TEXT_CHARS)


def read_combined(row: Row, *, default_currency: str) -> CombinedRow:
    """Read a row of the Kaggle format: one product, one or more reviewers."""
    customer_ids, review_ids = _ids(row, "user_id"), _ids(row, "review_id")
    count = len(customer_ids)
    if len(review_ids) != count:
        raise RowError(f"{len(review_ids)} review ids, expected {count}: one per user id", column="review_id")
    product = read_product(row, default_currency=default_currency)
    titles, texts = _entries(row, "review_title", count), _entries(row, "review_content", count)
    customers = _customers(row, customer_ids)
    nothing = [""] * count
    columns = (review_ids, customer_ids, titles or nothing, texts or nothing, _times(row, count))
    reviews = [_review(row, product.product_id, *cells) for cells in zip(*columns, strict=True)]
    unaligned = [titles, texts].count(None)
    return CombinedRow(product, customers, reviews, _shared_texts(row, count, titles, texts), unaligned)


def read_product(row: Row, *, default_currency: str) -> Product:
    """Read the product columns of a row."""
    product_id = row.required("product_id", identifiers.read_id)
    name = row.required("product_name", _present)
    price, list_price = _prices(row, default_currency)
    return _validated(
        Product,
        product_id=product_id,
        name=name,
        category=row.optional("category", texts.read_path) or (),
        price=price.amount,
        list_price=list_price,
        currency=price.currency,
        discount_percent=row.optional("discount_percentage", numbers.read_percent),
        rating=row.optional("rating", numbers.read_rating),
        rating_count=row.optional("rating_count", _count),
        bullets=row.optional("about_product", _bullets) or (),
        image_url=row.optional("img_link", _url),
        link=row.optional("product_link", _url),
        brand=row.optional("brand", _label),
        parent_id=row.optional("parent_id", identifiers.read_id),
        variant=row.optional("variant", _label),
        in_stock=_in_stock(row),
        available_from=row.optional("available_from", _moment),
    )


def read_customer_row(row: Row) -> CustomerRow:
    """Read a row of a customers file."""
    customer_id = row.required("user_id", identifiers.read_id)
    return _customer(row, customer_id, *map(row.raw, ("user_name", "email", "age")))


def read_review_row(row: Row) -> ReviewRow:
    """Read a row of a reviews file; only here is `rating` the reviewer's own."""
    return _validated(
        ReviewRow,
        review_id=row.required("review_id", identifiers.read_id),
        customer_id=row.required("user_id", identifiers.read_id),
        product_id=row.required("product_id", identifiers.read_id),
        title=row.optional("review_title", _text),
        text=_clean_text(row, row.raw("review_content")),
        rating=row.optional("rating", numbers.read_rating),
        timestamp=row.optional("timestamp", _moment),
    )


def _ids(row: Row, column: str) -> list[str]:
    return row.required(
        column, lambda cell: [identifiers.read_id(entry.strip()) for entry in cell.split(",")]
    )


def _entries(row: Row, column: str, count: int) -> list[str] | None:
    """Return the column's text for each reviewer, empty for an empty cell; None if it cannot be split."""
    cell = row.raw(column)
    return split_joined(cell, count) if cell.strip() else [""] * count


def _details(row: Row, column: str, count: int) -> list[str]:
    """Like `_entries`, but a cell that cannot be split is noted and left out."""
    found = _entries(row, column, count)
    if found is None:
        row.note(column, f"cannot be divided among {count} reviewers")
    return found or [""] * count


def _times(row: Row, count: int) -> list[str]:
    cell = row.raw("timestamp")
    return [cell] * count if "," not in cell else _details(row, "timestamp", count)


def _customers(row: Row, customer_ids: Sequence[str]) -> list[CustomerRow]:
    columns = (_details(row, column, len(customer_ids)) for column in ("user_name", "email", "age"))
    return [_customer(row, *cells) for cells in zip(customer_ids, *columns, strict=True)]


def _customer(row: Row, customer_id: str, name: str, email: str, age: str) -> CustomerRow:
    return _validated(
        CustomerRow,
        customer_id=customer_id,
        name=row.value("user_name", name, _name),
        email=row.value("email", email, people.read_email),
        age=row.value("age", age, people.read_age),
    )


def _review(  # noqa: PLR0917 - a reviewer's cells
    row: Row, product_id: str, review_id: str, customer_id: str, title: str, text: str, time: str
) -> ReviewRow:
    return _validated(
        ReviewRow,
        review_id=review_id,
        customer_id=customer_id,
        product_id=product_id,
        title=row.value("review_title", title, _text),
        text=_clean_text(row, text),
        timestamp=row.value("timestamp", time, _moment),
    )


def _clean_text(row: Row, text: str) -> str | None:
    return row.value("review_content", without_image_urls(text), _text)


def _shared_texts(
    row: Row, count: int, titles: Sequence[str] | None, texts: Sequence[str] | None
) -> Sequence[str]:
    """Return the texts of unknown reviewers, or their titles if the row has no texts at all.

    Beside its text, a title would count the same reviewer twice.
    """
    shared = _divided(row, "review_content", count) if texts is None else []
    if titles is None and not any(map(has_words, shared if texts is None else texts)):
        return _divided(row, "review_title", count)
    return shared


def _divided(row: Row, column: str, count: int) -> list[str]:
    """Return the texts in a cell that cannot be split; one that is too long to store is cut."""
    entries = filter(has_words, divide_joined(row.raw(column), count))
    return [clean(without_image_urls(entry))[:MAX_TEXT_CHARS] for entry in entries]


def _prices(row: Row, default_currency: str) -> tuple[money.Price, Decimal | None]:
    """Return the current price, and the list price if the row has a plausible one."""
    read = partial(money.read_price, decided=_AS_BEFORE, currency=default_currency)
    current, listed = row.optional("discounted_price", read), row.optional("actual_price", read)
    if current is None and listed is None:
        raise RowError("no valid price in discounted_price or actual_price", column="discounted_price")
    if current is None or listed is None:
        return current or listed, None  # type: ignore[return-value] # one of them is set
    if listed.currency != current.currency or listed.amount < current.amount:
        row.note("actual_price", "lower than discounted_price, or in another currency")
        return current, None
    return current, listed.amount


def _in_stock(row: Row) -> bool | None:
    """Return whether the product can be sold; if the two columns disagree, it counts as out of stock."""
    stated, stock = (
        row.optional("in_stock", flags.read_stock_state),
        row.optional("stock", _stock),
    )
    known = [state for state in (stated, None if stock is None else stock > 0) if state is not None]
    return all(known) if known else None


def _bullets(text: str) -> tuple[str, ...]:
    return texts.read_path(_text(text))


def _present(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return _name(text)


def _validated(kind: type[Model], **members: object) -> Model:
    try:
        return kind.model_validate(members)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise RowError(f"{where}: {problem['msg']}") from error
