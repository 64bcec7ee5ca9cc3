"""Merges rows into the scratch database, and says which contradict what is known."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from fondly.contracts.counts import Counted
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.adapters.scratch_values import KnownReview
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import RowError, quoted
from fondly.ingest.domain.file_names import base_name
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.senses import CONSENT
from fondly.ingest.domain.formats.units import numbers_like
from fondly.ingest.domain.limits import MAX_CUSTOMER_RECORDS, MAX_REVIEW_PRODUCTS
from fondly.ingest.domain.parts import records_of
from fondly.ingest.domain.rows.orders import read_order_row
from fondly.ingest.domain.rows.people import CustomerRow, read_customer_row
from fondly.ingest.domain.rows.products import read_product
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.rows.reviews import CombinedRow, ReviewRow, read_combined, read_review_row
from fondly.ingest.use_cases.survey_files import SurveyedFile

A_PRODUCT = "the id of a product of the products file"
A_CUSTOMER = "the id of a customer of the customers file"
MAX_LOOKS = 1_000
"""Bounds the time that is spent on ids that nothing is like."""
OWN_REVIEWS = "ids of reviews that no other customer has written"
FEW_RECORDS = f"at most {MAX_CUSTOMER_RECORDS:,} reviews and purchases of one customer"
FEW_PRODUCTS = f"at most {MAX_REVIEW_PRODUCTS:,} products, or variants of one, in a review"
COUNTS = (
    Counted.REJECTED_ROWS,
    Counted.REJECTED_VALUES,
    Counted.UNALIGNED_TEXTS,
    Counted.PRODUCT_DIFFERENCES,
    Counted.REVIEW_CONFLICTS,
    Counted.CUSTOMER_CONFLICTS,
)


class MergeRows:
    """Puts the rows of these files into the scratch database and adds to `counts`."""

    def __init__(self, scratch: Scratch, counts: Counter[str], files: Sequence[SurveyedFile]) -> None:
        self._scratch = scratch
        self._counts = counts
        of_customers = [each.layout for each in files if each.layout.kind is Kind.CUSTOMERS]
        self._are_customers_given = bool(of_customers)
        self._is_consent_given = any(each.says(CONSENT) for each in of_customers)
        self._files = {each.layout.kind: base_name(each.source.key) for each in files}
        self._looks_left = MAX_LOOKS
        counts.update(dict.fromkeys(COUNTS, 0))

    def reader(self, surveyed: SurveyedFile) -> Callable[[Row], None]:
        """Return what merges a row of the file; it raises `RowError` for one that cannot be used."""
        merge = {
            Kind.COMBINED: self._combined,
            Kind.PRODUCTS: self._product,
            Kind.CUSTOMERS: self._customer,
            Kind.REVIEWS: self._review,
            Kind.ORDERS: self._purchase,
        }[surveyed.layout.kind]
        return lambda row: merge(row, surveyed.reading)

    def _combined(self, row: Row, how: Reading) -> None:
        found = read_combined(row, how)
        by_id = self._scratch.find_reviews([each.review_id for each in found.reviews])
        known = [by_id.get(each.review_id) for each in found.reviews]
        owned = self._owned(found.customers, found.reviews, known)
        if not any(owned):
            raise RowError(OWN_REVIEWS, column="review_id", found=quoted(row.raw("review_id")))
        if not all(owned):
            row.note("review_id", OWN_REVIEWS, quoted(row.raw("review_id")))
        self._counts[Counted.PRODUCT_DIFFERENCES] += self._scratch.put_product(found.product)
        is_repeating = len({each.review_id for each in found.reviews}) < len(found.reviews)
        new = set() if is_repeating else self._put_new(row, found, by_id)
        for customer, review, earlier, is_owned in zip(
            found.customers, found.reviews, known, owned, strict=True
        ):
            if is_owned and review.review_id not in new:
                position = self._put_customer(customer)
                known_now = self._scratch.find_review(review.review_id) if is_repeating else earlier
                self._put_review(row, review, known_now, position)
        for text in found.shared_texts:
            self._scratch.put_shared_text(found.product.product_id, text)
        self._counts[Counted.UNALIGNED_TEXTS] += found.unaligned

    def _put_new(self, row: Row, found: CombinedRow, known: Collection[str]) -> set[str]:
        """Put a row's new reviews as if one by one; return their ids, none if it has a customer twice."""
        ids = [each.customer_id or "" for each in found.customers]
        products = self._scratch.subjects_of(found.product.product_id)
        if products is None or not all(ids) or len(set(ids)) < len(ids):
            return set()
        pairs = zip(found.customers, found.reviews, strict=True)
        new = [(who, what, records_of(what.title, what.text)) for who, what in pairs]
        new = [each for each in new if each[1].review_id not in known]
        old = self._scratch.known_customers(ids)
        strangers = [(who, records) for who, _, records in new if who.customer_id not in old]
        added = iter(self._scratch.add_customers(*zip(*strangers, strict=True))) if strangers else iter(())
        written = []
        for customer, review, records in new:
            is_old = customer.customer_id in old
            position = self._put_customer(customer) if is_old else next(added)
            if not is_old or self._has_room(row, position, records):
                written.append((review, position))
        self._scratch.add_reviews(written, products)
        return {review.review_id for _, review, _ in new}

    def _product(self, row: Row, how: Reading) -> None:
        self._counts[Counted.PRODUCT_DIFFERENCES] += self._scratch.put_product(read_product(row, how))

    def _customer(self, row: Row, _how: Reading) -> None:
        self._put_customer(read_customer_row(row))

    def _review(self, row: Row, how: Reading) -> None:
        customer, review = read_review_row(row, how)
        self._require_known(customer)
        if not self._scratch.products_of(review.product_id):
            raise self._unknown_product(review.product_id)
        known = self._scratch.find_review(review.review_id)
        if not all(self._owned([customer], [review], [known])):
            raise RowError(
                "an id that no other customer's review has",
                column="review_id",
                found=quoted(review.review_id),
            )
        self._put_review(row, review, known, self._put_customer(customer))

    def _purchase(self, row: Row, how: Reading) -> None:
        customer, purchase = read_order_row(row, how)
        self._require_known(customer)
        products = self._scratch.products_of(purchase.product_id)
        if len(products) != 1:
            raise self._unknown_product(purchase.product_id)
        buyer = self._scratch.buyer_of(purchase.order_id)
        if buyer not in {None, self._scratch.customer_id(customer)}:
            raise RowError(
                "an id that no other customer's order has", column="order_id", found=quoted(purchase.order_id)
            )
        position, product = self._put_customer(self._without_old_consent(customer)), products[0]
        is_known = buyer is not None and self._scratch.is_purchased(purchase, product=product)
        if is_known or self._has_room(row, position):
            self._scratch.put_purchase(purchase, customer=position, product=product)

    def _unknown_product(self, product_id: str) -> RowError:
        error = RowError(A_PRODUCT, column="product_id", found=quoted(product_id))
        known, file = self._scratch.products_of, self._files.get(Kind.PRODUCTS, "")
        return self._unknown(error, product_id, lambda each: bool(known(each)), file)

    def _unknown(self, error: RowError, id_: str, is_known: Callable[[str], bool], file: str) -> RowError:
        """Say so where an id is known but for its zeros, which spreadsheets take: it may be another."""
        self._looks_left -= 1
        near = next(filter(is_known, numbers_like(id_)), None) if self._looks_left >= 0 else None
        if near is None:
            return error
        self._looks_left += 1
        digits = max(len(each) for each in (id_, near) if each.isdigit())
        remedy = f"units: {{fields: {{{error.column}: {{digits: {digits}}}}}}} for both files in mapping.yaml"
        return RowError(
            f"ids as in {file}, with their zeros: {remedy}",
            column=error.column,
            found=f"{quoted(id_)}, where {file} has {quoted(near)}",
        )

    def _require_known(self, customer: CustomerRow) -> None:
        """Somebody known by address alone may be missing from the customers file: a guest of the shop."""
        if not self._are_customers_given or customer.customer_id is None:
            return
        if self._scratch.customer_position(customer.customer_id) is None:
            known = self._scratch.customer_position
            raise self._unknown(
                RowError(A_CUSTOMER, column="user_id", found=quoted(customer.customer_id)),
                customer.customer_id,
                lambda each: known(each) is not None,
                self._files[Kind.CUSTOMERS],
            )

    def _without_old_consent(self, buyer: CustomerRow) -> CustomerRow:
        """An order says what its buyer agreed to at the time; the customers file says what holds today."""
        known = self._scratch.customer_position(self._scratch.customer_id(buyer))
        is_old = self._is_consent_given and known is not None
        return buyer._replace(marketing_consent=None) if is_old else buyer

    def _put_customer(self, row: CustomerRow) -> int:
        position, contradicts = self._scratch.put_customer(row)
        self._counts[Counted.CUSTOMER_CONFLICTS] += contradicts
        return position

    def _put_review(self, row: Row, review: ReviewRow, known: KnownReview | None, customer: int) -> None:
        if known is None and not self._has_room(row, customer, records_of(review.title, review.text)):
            return
        put = self._scratch.put_review(review, known, customer=customer)
        self._counts[Counted.REVIEW_CONFLICTS] += put.contradicts
        if put.is_cut:
            row.note("product_id", FEW_PRODUCTS, f"more, with {quoted(review.product_id)}")

    def _has_room(self, row: Row, customer: int, records: int = 1) -> bool:
        """Count a review or purchase of the customer; note that it is left out if they have too many."""
        if has_room := self._scratch.count_record(customer, records):
            return has_room
        row.note("user_id", FEW_RECORDS, f"another one of {quoted(row.raw('user_id'))}")
        return False

    def _owned(
        self,
        customers: Sequence[CustomerRow],
        reviews: Sequence[ReviewRow],
        known: Sequence[KnownReview | None],
    ) -> list[bool]:
        """Return for each review whether its id is new or its customer's own, also within the row."""
        owners: dict[str, str] = {}
        theirs = [self._scratch.customer_id(each) for each in customers]
        for customer_id, review, earlier in zip(theirs, reviews, known, strict=True):
            owners.setdefault(review.review_id, earlier.author if earlier else customer_id)
        return [
            owners[review.review_id] == customer_id
            for customer_id, review in zip(theirs, reviews, strict=True)
        ]
