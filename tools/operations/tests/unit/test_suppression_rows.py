"""What a row of a list says: whom it is about, why and since when; and who is on no list by it."""

from datetime import UTC, datetime

import pytest

from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.ingest.domain.errors import UnreadableError
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.columns import columns_of
from fondly.operations.suppressions.rows import (
    MAX_SOURCE_CHARS,
    MAX_SUBJECT_CHARS,
    Defaults,
    entry_of,
    known_reason,
    suppressions_of,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DEFAULTS = Defaults(reason=NotSent.IMPORTED, source="list.csv", at=NOW)
ADDRESS, ENTRY = "asha@shop.example", address_entry("asha@shop.example")


def read(*, exact: bool = False, **row: str) -> list[Suppression]:
    """The suppressions of a row."""
    return list(suppressions_of(row, DEFAULTS, exact=exact))


def test_a_row_suppresses_the_address_and_the_customer_that_it_names() -> None:
    """Either alone, too; what it does not say is the list's."""
    both = read(address=ADDRESS, customer_id="C1")
    assert [(each.entry, each.subject) for each in both] == [(ENTRY, ADDRESS), (customer_entry("C1"), "C1")]
    assert {(each.reason, each.source, each.at) for each in both} == {(NotSent.IMPORTED, "list.csv", NOW)}
    assert [each.entry for each in read(customer_id="C1")] == [customer_entry("C1")]
    [own] = read(entry=ENTRY)
    assert (own.entry, own.subject) == (ENTRY, None)
    assert [each.entry for each in read(address=ADDRESS, entry=ENTRY)] == [ENTRY]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "an address or a customer id"),
        ({"reason": "complaint"}, "an address or a customer id"),
        ({"address": "asha"}, "an email address"),
        ({"address": "a@" + "x" * MAX_SUBJECT_CHARS}, f"at most {MAX_SUBJECT_CHARS} characters"),
        ({"customer_id": "x" * (MAX_SUBJECT_CHARS + 1)}, f"at most {MAX_SUBJECT_CHARS} characters"),
        ({"entry": "address#1"}, "an entry such as"),
        ({"address": ADDRESS, "entry": customer_entry("C1")}, "the entry of the address or customer"),
    ],
)
def test_a_row_that_names_nobody_is_refused(row: dict[str, str], expected: str) -> None:
    """With what was expected in its place."""
    with pytest.raises(UnreadableError, match=expected):
        list(suppressions_of(row, DEFAULTS))
    assert len(read(customer_id="x" * MAX_SUBJECT_CHARS)) == 1


@pytest.mark.parametrize(
    "reason", ["subscribed", "Active", "opted-in", "OPT IN", "confirmed", "deliverable", "valid"]
)
def test_who_is_subscribed_is_not_suppressed(reason: str) -> None:
    """As lists of all of a shop's contacts say."""
    with pytest.raises(UnreadableError, match="a reason not to write to somebody"):
        read(address=ADDRESS, reason=reason)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("unsubscribed unsubscribe Unsubscribes opt-out OPTED_OUT list-unsubscribe", NotSent.UNSUBSCRIBED),
        (
            "hard_bounce HardBounce bounce bounced bounces permanent invalid cleaned blocked",
            NotSent.HARD_BOUNCE,
        ),
        (
            "complaint COMPLAINT complained spam spam_complaint spam-report abuse reported-spam",
            NotSent.COMPLAINT,
        ),
        ("manual manual_suppression manually-added admin", NotSent.MANUAL),
        ("soft_bounces", NotSent.SOFT_BOUNCES),
        ("erased", NotSent.ERASED),
        ("imported", NotSent.IMPORTED),
    ],
)
def test_reasons_of_other_systems_are_known(names: str, reason: NotSent) -> None:
    """By their letters; others are replaced by the list's: whoever is on it must not be written to."""
    assert {known_reason(each) for each in names.split()} == {reason}
    assert known_reason("frequency") is None
    assert [each.reason for each in read(address=ADDRESS, reason="who knows")] == [NotSent.IMPORTED]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-01T10:00:00+01:00", datetime(2026, 11, 1, 9, tzinfo=UTC)),
        ("2026-11-01 10:00", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("1793527200", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("1793527200000", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("last week", NOW),
        ("", NOW),
        ("9" * 40, NOW),
    ],
)
def test_times_are_read_in_any_zone_and_unit(text: str, at: datetime) -> None:
    """One that cannot be read is the list's."""
    [found] = read(address=ADDRESS, at=text)
    assert (found.at, found.at.tzinfo is not None) == (at, True)


def test_our_own_exports_are_read_exactly() -> None:
    """What another list may leave open is an error in them."""
    row = {"entry": ENTRY, "reason": "complaint", "at": "2026-11-01T10:00:00Z"}
    [found] = read(exact=True, **row)
    assert (found.reason, found.at.hour) == (NotSent.COMPLAINT, 10)
    for bad in ({"reason": "spam"}, {"reason": ""}, {"reason": "frequency"}, {"at": "yesterday"}, {"at": ""}):
        with pytest.raises(UnreadableError):
            read(exact=True, **{**row, **bad})


def test_a_source_is_the_rows_own_and_short() -> None:
    """What a list says is not trusted to be."""
    [found] = read(address=ADDRESS, source="x" * 9_999)
    assert found.source == "x" * MAX_SOURCE_CHARS


def test_what_a_person_names_is_an_address_if_it_looks_like_one() -> None:
    """Unless they say that it is a customer's id."""
    assert entry_of(ADDRESS) == ENTRY
    assert entry_of("C1") == customer_entry("C1")
    assert entry_of(ADDRESS, is_customer=True) == customer_entry(ADDRESS)
    with pytest.raises(UnreadableError):
        entry_of("a@b@c d")


@pytest.mark.parametrize("first", [["E-Mail"], ["Customer ID", "x"], ["entry", "x"], ["Kunden-Nr."]])
def test_a_list_may_say_whom_it_is_about_in_any_one_way(first: list[str]) -> None:
    """By address, by customer, or by the keys of our own exports; which are told by three columns."""
    assert columns_of(first).has_header
    assert not columns_of(first).is_own
    assert columns_of(["at", "reason", "entry"]).is_own


def test_the_best_named_column_counts_and_cells_are_bare() -> None:
    """A column that is not there is empty."""
    columns = columns_of(["email", "email address", "status", "reason"])
    assert (columns.places["address"], columns.places["reason"]) == (1, 3)
    assert columns.cell([" a ", " b ", "", " c "], "address") == "b"
    assert columns.cell(["a"], "source") == ""


def test_a_list_without_a_header_is_told_by_its_first_row() -> None:
    """As SES imports it: an address, and perhaps why."""
    found = columns_of(["BOUNCE", "asha@shop.example"])
    assert (found.places, found.has_header) == ({"address": 1, "reason": 0}, False)
    assert columns_of(["asha@shop.example", "x"]).places == {"address": 0}
    for first in (["price", "name"], ["1", "2"]):
        with pytest.raises(OperationError, match="line 1: found"):
            columns_of(first)
