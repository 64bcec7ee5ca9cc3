"""Loads the files of a run into the scratch database."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from encore.ingest.adapters.scratch import Scratch
from encore.ingest.adapters.tables import Found, Table, open_table
from encore.ingest.domain.cells import Row
from encore.ingest.domain.csv_records import BrokenRecord
from encore.ingest.domain.errors import FileError, RowError
from encore.ingest.domain.formats.fields import Kind
from encore.ingest.domain.formats.mapper import RowMapper
from encore.ingest.domain.formats.mapping import FileMapping
from encore.ingest.domain.formats.recognise import recognise
from encore.ingest.domain.rejects import Reject, readable
from encore.ingest.domain.rows import (
    ReviewRow,
    read_combined,
    read_customer_row,
    read_product,
    read_review_row,
)

COUNTS = ("rejected_rows", "unaligned_texts", "product_differences")


class CancelledLoadError(Exception):
    """Loading was stopped because its message is no longer being handled."""


@dataclass(frozen=True)
class SourceFile:
    """A file on disk and the key it was uploaded under."""

    path: Path
    key: str
    kind: Kind


class LoadFiles:
    """Reads files into the scratch database, writes rejects to a file, and adds to `counts`."""

    def __init__(
        self,
        scratch: Scratch,
        rejects: TextIO,
        *,
        counts: Counter[str],
        max_bytes: int,
        default_currency: str,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._scratch = scratch
        self._rejects = rejects
        self._max_bytes = max_bytes
        self._currency = default_currency
        self._is_cancelled = is_cancelled
        self._readers: dict[Kind, Callable[[Row], None]] = {
            Kind.COMBINED: self._combined,
            Kind.PRODUCTS: self._product,
            Kind.CUSTOMERS: self._customer,
            Kind.REVIEWS: self._review,
        }
        self._counts = counts
        counts.update(dict.fromkeys(COUNTS, 0))

    def load(self, sources: Sequence[SourceFile]) -> None:
        """Read the files in order and count their records.

        Raises `FileError` naming the first file that is invalid or has no usable row.
        """
        for source in sources:
            self._load_file(source)
        self._scratch.close_input()
        self._counts.update(self._scratch.counts())

    def _load_file(self, source: SourceFile) -> None:
        try:
            with open_table(source.path, max_bytes=self._max_bytes, check=self._check) as table:
                self._read(source, table)
        except FileError as error:
            raise FileError(f"{source.key}: {error}") from error

    def _check(self) -> None:
        if self._is_cancelled():
            raise CancelledLoadError

    def _read(self, source: SourceFile, table: Table) -> None:
        layout = recognise(table.header(), file=source.key, mapping=FileMapping(kind=source.kind))
        table.only(layout.used)
        mapper = layout.start()
        rows = usable = 0
        for found in table:
            self._check()
            rows += 1
            usable += self._load_record(source, mapper, layout.header, found)
        if not rows:
            raise FileError("the file has a header but no rows")
        if not usable:
            raise FileError(f"no usable row: all {rows} rows were rejected, see rejects.jsonl")

    def _load_record(
        self, source: SourceFile, mapper: RowMapper, columns: Sequence[str], found: Found
    ) -> bool:
        """Merge one record; return False and write a reject if it cannot be used."""
        try:
            if isinstance(found, BrokenRecord):
                column = None if found.column is None else columns[found.column]
                raise RowError(found.reason, column=column)  # noqa: TRY301 - one place handles bad rows
            cells = mapper.map(found.cells)
            if cells is None:
                return True
            row = Row(list(cells), list(cells.values()))
            self._readers[source.kind](row)
        except RowError as error:
            self._counts["rejected_rows"] += 1
            self._reject(source, found, "row", error.column, error.reason)
            return False
        for note in row.notes:
            self._reject(source, found, "value", note.column, note.reason)
        return True

    def _combined(self, row: Row) -> None:
        found = read_combined(row, default_currency=self._currency)
        owned = self._owned(found.reviews)
        if not any(owned):
            raise RowError("every review id belongs to another customer's review", column="review_id")
        if not all(owned):
            row.note("review_id", f"{owned.count(False)} of {len(owned)} belong to another customer's review")
        self._counts["product_differences"] += self._scratch.put_product(found.product)
        for customer, review, is_owned in zip(found.customers, found.reviews, owned, strict=True):
            if is_owned:
                self._scratch.put_review(review, customer=self._scratch.put_customer(customer))
        for text in found.shared_texts:
            self._scratch.put_shared_text(found.product.product_id, text)
        self._counts["unaligned_texts"] += found.unaligned

    def _product(self, row: Row) -> None:
        product = read_product(row, default_currency=self._currency)
        self._counts["product_differences"] += self._scratch.put_product(product)

    def _customer(self, row: Row) -> None:
        self._scratch.put_customer(read_customer_row(row))

    def _review(self, row: Row) -> None:
        review = read_review_row(row)
        customer = self._scratch.customer_position(review.customer_id)
        if customer is None:
            raise RowError(f"{review.customer_id!r} is not in the customers file", column="user_id")
        if not self._scratch.has_product(review.product_id):
            raise RowError(f"{review.product_id!r} is not in the products file", column="product_id")
        if not all(self._owned([review])):
            raise RowError(f"{review.review_id!r} belongs to another customer's review", column="review_id")
        self._scratch.put_review(review, customer=customer)

    def _owned(self, reviews: Sequence[ReviewRow]) -> list[bool]:
        """Return for each review whether its id is new or its customer's own, also within the row."""
        owners: dict[str, str] = {}
        for review in reviews:
            owner = self._scratch.owner_of(review.review_id) or review.customer_id
            owners.setdefault(review.review_id, owner)
        return [owners[review.review_id] == review.customer_id for review in reviews]

    def _reject(self, source: SourceFile, found: Found, kind: str, column: str | None, reason: str) -> None:
        reject = Reject.model_validate(
            {
                "kind": kind,
                "file": source.key,
                "line": found.line,
                "column": column,
                "reason": reason,
                "raw": readable(found.raw),
            }
        )
        self._rejects.write(json.dumps(reject.model_dump(exclude_none=True), ensure_ascii=False) + "\n")
