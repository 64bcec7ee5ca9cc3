from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.consent import (
    EARLY_S,
    MOST_TIMES,
    REASONS,
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


def test_entries_of_any_release_are_found() -> None:
    """Suppressions outlive releases: a digest that is made otherwise would find nobody."""
    digest = "50771985698080c6375f1a7e05795aec20d6cb8225703e63b21172639fce4bb1"
    assert address_entry("asha@shop.example") == f"address#{digest}"
    digest = "9d170fb439172f52ae18e7c8f8704f040d7a4ec3bdab2113b5239eb22c588416"
    assert customer_entry("C1") == f"customer#{digest}"


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


def test_each_lasting_reason_is_kept() -> None:
    """Unsubscribed, bounced, complained, imported, by hand, erased; what changes by itself is not."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    lasting = "unsubscribed hard_bounce soft_bounces complaint imported manual erased"
    assert {str(reason) for reason in REASONS} == set(lasting.split())
    for reason in REASONS:
        assert Suppression(entry=customer_entry("C1"), reason=reason, source="x", at=at).reason is reason


def test_a_new_contact_has_had_nothing_and_wants_anything() -> None:
    """Nothing is known of who was never written to."""
    new = Contact(customer_id="C1")
    assert (new.times, new.soft_bounces, new.soft_bounced_at, new.topics_off) == ((), 0, 0, ())
    assert (new.frequency, new.chosen_at, new.version) == (Frequency.ANY, 0, 0)
    assert Cap() == Cap(emails=0, days=7)
    assert [frequency.days for frequency in Frequency] == [0, 7, 30]
    assert (MOST_TIMES, EARLY_S) == (40, 6 * 60 * 60)


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
        ((-1,), Frequency.ANY, Cap(emails=1, days=0), True),
        ((-2,), Frequency.ANY, Cap(), True),
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
