"""Who may be written to, and how often."""

import pytest

from encore.contracts.consent import (
    SECONDS_PER_DAY,
    Cap,
    Contact,
    Frequency,
    SubjectKind,
    Suppression,
    address_entry,
    customer_entry,
)
from encore.contracts.delivery import NotSent

NOW = 1_800_000_000


def sent(*days_ago: float) -> tuple[int, ...]:
    """Times so many days ago."""
    return tuple(NOW - int(days * SECONDS_PER_DAY) for days in days_ago)


@pytest.mark.parametrize(
    ("times", "cap", "frequency", "allowed"),
    [
        ((), Cap(emails=1, days=7), Frequency.MONTHLY, True),
        (sent(1), Cap(), Frequency.ANY, True),
        (sent(1), Cap(emails=2, days=7), Frequency.ANY, True),
        (sent(1, 6.9), Cap(emails=2, days=7), Frequency.ANY, False),
        (sent(1, 7), Cap(emails=2, days=7), Frequency.ANY, True),
        (sent(6.9), Cap(), Frequency.WEEKLY, False),
        (sent(7.1), Cap(), Frequency.WEEKLY, True),
        (sent(7.1), Cap(emails=9, days=7), Frequency.MONTHLY, False),
    ],
)
def test_the_stricter_of_cap_and_wish_counts(
    times: tuple[int, ...], cap: Cap, frequency: Frequency, *, allowed: bool
) -> None:
    """Emails that are just as old as the limit do not count any more."""
    contact = Contact(customer_id="c1", times=times, frequency=frequency)
    assert contact.may_have_another(NOW, cap) is allowed


def test_entries_are_digests_that_do_not_depend_on_case() -> None:
    """Neither an address nor an id stands in them."""
    assert address_entry(" Ann@Mail.Example ") == address_entry("ann@mail.example")
    assert address_entry("c1") != customer_entry("c1")
    assert "ann" not in address_entry("ann@mail.example").removeprefix("address#")


def test_only_lasting_reasons_are_stored() -> None:
    """A frequency cap is no suppression."""
    made = Suppression(
        entry=customer_entry("c1"), reason=NotSent.COMPLAINT, source="run", at="2026-11-26T12:00:00Z"
    )
    assert made.kind is SubjectKind.CUSTOMER
    with pytest.raises(ValueError, match="found frequency, expected one of"):
        Suppression(entry="customer#x", reason=NotSent.FREQUENCY, source="x", at="2026-11-26T12:00:00Z")
