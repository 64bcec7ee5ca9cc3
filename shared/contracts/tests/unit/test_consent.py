from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.consent import (
    EARLY_S,
    Cap,
    Contact,
    Frequency,
    SubjectKind,
    Suppression,
    address_entry,
    customer_entry,
)
from fondly.contracts.delivery import NotSent

NOW = 1_795_000_000
DAY = SECONDS_PER_DAY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("asha@shop.example", " Asha@Shop.Example\n"),
        ("asha@münchen.example", "asha@xn--mnchen-3ya.example"),
        ("asha@MÜNCHEN.example", "ASHA@XN--MNCHEN-3YA.EXAMPLE"),
        ("asha@straße.example", "asha@xn--strae-oqa.example"),
    ],
)
def test_an_address_has_one_entry_however_it_is_written(one: str, other: str) -> None:
    """A bounce, a file and a person write it differently."""
    assert address_entry(one) == address_entry(other)


@pytest.mark.parametrize("odd", ["", "@", "no address", "a@b@c", "a@" + "ü" * 300, "a@-\u00fc.x", "\ud800@x"])
def test_anything_has_an_entry_of_its_own(odd: str) -> None:
    """What is no address is not refused here, and is nobody else's entry."""
    assert address_entry(odd).startswith("address#")
    assert address_entry(odd) not in {address_entry("asha@shop.example"), customer_entry(odd)}


def test_an_entry_does_not_tell_whom_it_is_about() -> None:
    """It outlives the erasure of id and address."""
    assert "asha" not in address_entry("asha@shop.example")
    assert "C1" not in customer_entry("C1")


def test_a_suppression_has_a_reason_that_lasts() -> None:
    """That somebody has had enough emails this week is no reason to keep."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    kept = Suppression(entry=customer_entry("C1"), reason=NotSent.COMPLAINT, source="ses", at=at)
    assert kept.kind is SubjectKind.CUSTOMER
    with pytest.raises(ValidationError, match="found frequency, expected one of complaint"):
        Suppression(entry="e", reason=NotSent.FREQUENCY, source="ses", at=at)


@pytest.mark.parametrize(
    ("days_ago", "frequency", "cap", "may"),
    [
        ((), Frequency.MONTHLY, Cap(emails=1), True),
        ((1, 2, 3), Frequency.ANY, Cap(), True),
        ((1, 2, 3), Frequency.ANY, Cap(emails=3, days=7), False),
        ((1, 2, 8), Frequency.ANY, Cap(emails=3, days=7), True),
        ((6,), Frequency.WEEKLY, Cap(), False),
        ((7,), Frequency.WEEKLY, Cap(), True),
        ((29,), Frequency.MONTHLY, Cap(emails=9, days=1), False),
        ((30,), Frequency.MONTHLY, Cap(emails=1, days=1), True),
        ((8,), Frequency.WEEKLY, Cap(emails=1, days=9), False),
    ],
)
def test_the_shops_cap_and_the_customers_wish_both_count(
    days_ago: tuple[int, ...], frequency: Frequency, cap: Cap, *, may: bool
) -> None:
    """Over all runs, whatever they sent."""
    times = tuple(NOW - days * DAY for days in days_ago)
    assert Contact(customer_id="C1", times=times, frequency=frequency).may_have_another(NOW, cap) is may


def test_a_weekly_run_reaches_those_who_want_one_email_a_week() -> None:
    """Though the run of last Monday was delivered later in the day than this one is."""
    contact = Contact(customer_id="C1", times=(NOW - 7 * DAY + EARLY_S,), frequency=Frequency.WEEKLY)
    assert contact.may_have_another(NOW, Cap())
    assert not contact.may_have_another(NOW - 1, Cap())
