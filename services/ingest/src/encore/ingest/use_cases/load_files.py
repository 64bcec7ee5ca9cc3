"""Reading the files of a run into the scratch database."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from encore.ingest.adapters.files import opened
from encore.ingest.adapters.scratch import Scratch
from encore.ingest.domain.cells import Row
from encore.ingest.domain.columns import Kind, read_header
from encore.ingest.domain.errors import FileError, RowError
from encore.ingest.domain.records import Broken, Record, RecordReader
from encore.ingest.domain.rejects import Reject, readable
from encore.ingest.domain.rows import Opinion, read_combined, read_opinion, read_person, read_product

COUNTS = ("rejected_rows", "unaligned_texts", "product_differences")


class CancelledLoadError(Exception):
    """Reading was given up because nobody waits for it any more."""


@dataclass(frozen=True)
class Source:
    """A file on disk, and the key it was uploaded under."""

    path: Path
    key: str
    kind: Kind


class Loader:
    """Reads files into a scratch database and rejects into a file, and adds up in `counts` what it met."""

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

    def load_all(self, sources: Sequence[Source]) -> None:
        """Read the files in order, and count what they came to.

        Raises `FileError` naming the first that is not what it locks, or has no usable row.
        """
        for source in sources:
            self._load(source)
        self._scratch.close_input()
        self._counts.update(self._scratch.counts())

    def _load(self, source: Source) -> None:
        try:
            with opened(source.path, max_bytes=self._max_bytes) as file:
                self._read(source, RecordReader(file))
        except FileError as error:
            raise FileError(f"{source.key}: {error}") from error

    def _read(self, source: Source, reader: RecordReader) -> None:
        columns = read_header(reader.header(), source.kind)
        rows = usable = 0
        for found in reader:
            if self._is_cancelled():
                raise CancelledLoadError
            rows += 1
            usable += self._take(source, columns, found)
        if not rows:
            raise FileError("only a header, no rows")
        if not usable:
            raise FileError(f"no usable row: all {rows} were rejected, see rejects.jsonl")

    def _take(self, source: Source, columns: Sequence[str], found: Record | Broken) -> bool:
        """Merge one record in; False, with a reject, when it cannot be used."""
        try:
            if isinstance(found, Broken):
                column = None if found.column is None else columns[found.column]
                raise RowError(found.reason, column=column)  # noqa: TRY301 - one place handles bad rows
            row = Row(columns, found.cells)
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
        welcome = self._welcome(found.opinions)
        if not any(welcome):
            raise RowError("every review id belongs to another customer", column="review_id")
        if not all(welcome):
            row.note("review_id", f"{welcome.count(False)} review ids belong to another customer")
        self._counts["product_differences"] += self._scratch.put_product(found.product)
        for person, opinion, is_welcome in zip(found.people, found.opinions, welcome, strict=True):
            if is_welcome:
                self._scratch.put_review(opinion, customer=self._scratch.put_customer(person))
        for text in found.shared_texts:
            self._scratch.keep_text(found.product.product_id, text)
        self._counts["unaligned_texts"] += found.unaligned

    def _product(self, row: Row) -> None:
        product = read_product(row, default_currency=self._currency)
        self._counts["product_differences"] += self._scratch.put_product(product)

    def _customer(self, row: Row) -> None:
        self._scratch.put_customer(read_person(row))

    def _review(self, row: Row) -> None:
        opinion = read_opinion(row)
        customer = self._scratch.customer_position(opinion.customer_id)
        if customer is None:
            raise RowError("not in the customers file", column="user_id")
        if not self._scratch.has_product(opinion.product_id):
            raise RowError("not in the products file", column="product_id")
        if not all(self._welcome([opinion])):
            raise RowError("belongs to another customer", column="review_id")
        self._scratch.put_review(opinion, customer=customer)

    def _welcome(self, opinions: Sequence[Opinion]) -> list[bool]:
        """Tell for each review whether its id is free or its customer's own, also within the row."""
        owners: dict[str, str] = {}
        for opinion in opinions:
            owner = self._scratch.owner_of(opinion.review_id) or opinion.customer_id
            owners.setdefault(opinion.review_id, owner)
        return [owners[opinion.review_id] == opinion.customer_id for opinion in opinions]

    def _reject(
        self, source: Source, found: Record | Broken, kind: str, column: str | None, reason: str
    ) -> None:
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
