"""Reads who a row is about, and whether they may be written to."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import RowError, quoted
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.rows import reading
from fondly.ingest.domain.values import flags, people
from fondly.ingest.domain.values.texts import read_id


class ExclusionRules(NamedTuple):
    """Whom the shop does not write to besides those who refuse; `minimum_age` is in years, 0 for none.

    Nor does it to those of whom no consent is known, unless `consent_not_required` says in a line why.
    """

    minimum_age: int = 18
    consent_not_required: str = ""


USUAL_EXCLUSION = ExclusionRules()
ADDRESS_DIGITS = 24
_DETAILS = frozenset(FIELDS[Kind.CUSTOMERS].keys() - {"user_id", "email"})
"""What a row may say of somebody: most rows of orders and reviews say nothing."""


class CustomerRow(NamedTuple):
    """A customer as given in one row; `customer_id` is None where the file knows people by address alone."""

    customer_id: str | None
    email: str | None = None
    name: str | None = None
    age: int | None = None
    marketing_consent: bool | None = None
    suppressed: bool | None = None
    language: str | None = None
    time_zone: str | None = None
    is_deleted: bool = False


def read_customer_row(row: Row) -> CustomerRow:
    """Read the customer of a row; an id, or else an address, is required."""
    customer_id = row.value("user_id", row.raw("user_id"), read_id) if row.raw("user_id") else None
    email = row.optional("email", people.read_email)
    if customer_id is None and email is None:
        raise _unnamed(row)
    if not row.has_any(_DETAILS):
        return CustomerRow(customer_id, email)
    return CustomerRow(
        customer_id=customer_id,
        email=email,
        name=row.words("user_name", row.raw("user_name"), reading.name),
        age=row.optional("age", people.read_age),
        marketing_consent=consent(row),
        suppressed=suppression(row),
        language=row.optional("language", people.read_language),
        time_zone=row.optional("time_zone", people.read_time_zone),
        is_deleted=row.raw("deleted") not in flags.NO,
    )


def consent(row: Row) -> bool | None:
    """Return whether they agreed to marketing; a cell that cannot be read counts as a no."""
    return _stated(row, "marketing_consent", flags.read_consent, unreadable=False)


def suppression(row: Row) -> bool | None:
    """Return whether they must not be written to; a cell that cannot be read counts as a yes."""
    return _stated(row, "suppressed", flags.read_suppression, unreadable=True)


def _stated(row: Row, field: str, read: Callable[[str], bool], *, unreadable: bool) -> bool | None:
    notes = len(row.notes)
    found = row.optional(field, read)
    return unreadable if found is None and len(row.notes) > notes else found


def address_key(email: str) -> str:
    """Return what two spellings of one address have in common."""
    return email.casefold()


def id_of_address(email: str) -> str:
    """Return an id for a customer who has none: the same for an address in every file, and no address."""
    return f"address-{sha256(address_key(email).encode()).hexdigest()[:ADDRESS_DIGITS]}"


def _unnamed(row: Row) -> RowError:
    """The notes say what is wrong with what was given; without any, nothing was."""
    column = "email" if "email" in row and "user_id" not in row else "user_id"
    missing = RowError("an id or an address of a customer", column=column, found=quoted(row.raw(column)))
    return next(iter(row.notes), missing)
