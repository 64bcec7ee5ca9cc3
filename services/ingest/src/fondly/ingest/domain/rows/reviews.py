"""Reads the reviews of a row: one of a reviews file, or all of a row of the Kaggle format."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from fondly.contracts.records import SENTENCE_ENDS, Product
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import RowError
from fondly.ingest.domain.rows import reading
from fondly.ingest.domain.rows.people import CustomerRow, consent, read_customer_row, suppression
from fondly.ingest.domain.rows.products import read_product
from fondly.ingest.domain.rows.reading import MAX_TEXT_CHARS, Reading
from fondly.ingest.domain.text import clean, has_words, without_image_urls
from fondly.ingest.domain.values import people
from fondly.ingest.domain.values.numbers import read_rating
from fondly.ingest.domain.values.texts import read_id

# A list of n entries has n - 1 separators, and entries are trimmed, so a separator has no space on either
# side. There are two certain cases: if the cell has n - 1 commas, all are separators; if it has n - 1 commas
# without a space beside them, those are. Any other split could give one reviewer another's words. Where it
# does not matter whose they are, such a cell can still be divided at its likeliest separators.
# The comma comes first in the pattern: so the search for it is one for a character.
_TIGHT_COMMA = re.compile(r",(?<!\s,)(?!\s)")
_TIGHT_COMMA_OUTSIDE_FIGURES = re.compile(_TIGHT_COMMA.pattern + r"(?!(?<=\d,)\d{2,3}(?!\d))")
"""Does not match in `1,499` or `1,39,900`."""


def split_joined(cell: str, count: int) -> list[str] | None:
    """Return the `count` entries of a joined cell; None if the split is ambiguous."""
    if count == 1:
        return [cell]
    if cell.count(",") == count - 1:
        return cell.split(",")
    entries = _TIGHT_COMMA.split(cell)
    return entries if len(entries) == count else None


def divide_joined(cell: str, count: int) -> list[str]:
    """Return at most `count` entries of a joined cell, divided at its likeliest commas."""
    pieces = _TIGHT_COMMA_OUTSIDE_FIGURES.split(cell)
    commas = sorted(range(1, len(pieces)), key=lambda at: _separation(pieces[at - 1], pieces[at]))
    separators = sorted(commas[max(0, len(pieces) - count) :])
    return [",".join(pieces[start:end]) for start, end in pairwise([0, *separators, len(pieces)])]


def _separation(before: str, after: str) -> tuple[bool, bool, bool, bool, int]:
    """Rank a comma by the pieces beside it: the greater, the likelier it separates two entries.

    A piece without words is an entry of its own, an image or nothing, but a row of them is `,,,` in a text.
    A sentence goes on in lower case or with a figure. Short pieces are whole reviews; long ones have commas.
    """
    worded, follows_worded = has_words(after), has_words(before)
    goes_on = after[:1].islower() or after[:1].isdigit() or after[:1] == ","
    return (
        worded != follows_worded,
        worded,
        not goes_on,
        before[-1:] in SENTENCE_ENDS,
        -len(before) - len(after),
    )


class ReviewRow(NamedTuple):
    """A review as given in one row: one customer on one product."""

    review_id: str
    product_id: str
    title: str | None = None
    text: str | None = None
    rating: Decimal | None = None
    timestamp: int | None = None


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


def read_combined(row: Row, how: Reading) -> CombinedRow:
    """Read a row of the Kaggle format: one product, one or more reviewers."""
    customer_ids, review_ids = _ids(row, "user_id"), _ids(row, "review_id")
    count = len(customer_ids)
    if len(review_ids) != count:
        raise RowError(
            "as many review ids as user ids",
            column="review_id",
            found=f"{len(review_ids):,} for {count:,} user ids",
        )
    product = read_product(row, how)
    titles, texts = _entries(row, "review_title", count), _entries(row, "review_content", count)
    customers = _customers(row, customer_ids)
    nothing = [""] * count
    columns = (review_ids, titles or nothing, texts or nothing, _times(row, count))
    reviews = [_review(row, how, product.product_id, *cells) for cells in zip(*columns, strict=True)]
    unaligned = [titles, texts].count(None)
    return CombinedRow(product, customers, reviews, _shared_texts(row, count, titles, texts), unaligned)


def read_review_row(row: Row, how: Reading) -> tuple[CustomerRow, ReviewRow]:
    """Read a row of a reviews file and who wrote it; only here is `rating` the reviewer's own."""
    review = ReviewRow(
        review_id=row.required("review_id", read_id),
        product_id=row.required("product_id", read_id),
        title=row.words("review_title", row.raw("review_title"), reading.text),
        text=_clean_text(row, row.raw("review_content")),
        rating=row.optional("rating", read_rating),
        timestamp=row.optional("timestamp", how.timestamp),
    )
    return read_customer_row(row), review


def _ids(row: Row, column: str) -> list[str]:
    return row.required(column, lambda cell: [read_id(entry.strip()) for entry in cell.split(",")])


def _entries(row: Row, column: str, count: int) -> list[str] | None:
    """Return the column's text for each reviewer, empty for an empty cell; None if it cannot be split."""
    cell = row.raw(column)
    return split_joined(cell, count) if cell.strip() else [""] * count


def _details(row: Row, column: str, count: int) -> list[str]:
    """Like `_entries`, but a cell that cannot be split is noted and left out."""
    if not row.raw(column).strip():
        return [""] * count
    found = split_joined(row.raw(column), count)
    if found is None:
        found_entries = f"{row.raw(column).count(',') + 1:,} for {count:,} reviewers"
        row.note(column, "one entry, without a comma, for each reviewer of the row", found_entries)
    return found or [""] * count


def _times(row: Row, count: int) -> list[str]:
    cell = row.raw("timestamp")
    return [cell] * count if count == 1 or "," not in cell else _details(row, "timestamp", count)


def _customers(row: Row, customer_ids: Sequence[str]) -> list[CustomerRow]:
    """Consent and suppression of a row with several reviewers are those of each of them."""
    count = len(customer_ids)
    if count == 1:
        return [read_customer_row(row)]
    names, emails, ages = (_details(row, column, count) for column in ("user_name", "email", "age"))
    agreed, suppressed = consent(row), suppression(row)
    return [
        CustomerRow(
            customer_id=customer_id,
            email=row.value("email", email, people.read_email) if email else None,
            name=row.words("user_name", name, reading.name),
            age=row.value("age", age, people.read_age) if age else None,
            marketing_consent=agreed,
            suppressed=suppressed,
        )
        for customer_id, name, email, age in zip(customer_ids, names, emails, ages, strict=True)
    ]


def _review(  # noqa: PLR0917 - a reviewer's cells
    row: Row, how: Reading, product_id: str, review_id: str, title: str, text: str, time: str
) -> ReviewRow:
    return ReviewRow(
        review_id=review_id,
        product_id=product_id,
        title=row.words("review_title", title, reading.text),
        text=_clean_text(row, text),
        timestamp=row.value("timestamp", time, how.timestamp) if time else None,
    )


def _clean_text(row: Row, text: str) -> str | None:
    return row.words("review_content", without_image_urls(text), reading.text)


def _shared_texts(
    row: Row, count: int, titles: Sequence[str] | None, texts: Sequence[str] | None
) -> Sequence[str]:
    """Return the texts of unknown reviewers, or if the row has no texts at all, their titles."""
    shared = _divided(row, "review_content", count) if texts is None else []
    if titles is None and not any(map(has_words, shared if texts is None else texts)):
        return _divided(row, "review_title", count)
    return shared


def _divided(row: Row, column: str, count: int) -> list[str]:
    """Return the texts in a cell that cannot be split; one that is too long to store is cut."""
    entries = filter(has_words, divide_joined(row.raw(column), count))
    return [clean(without_image_urls(entry))[:MAX_TEXT_CHARS] for entry in entries]
