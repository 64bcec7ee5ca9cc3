"""Whether an email goes out now, later or never: the strictest reason comes first."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fondly.contracts.consent import Contact, Frequency, Suppression, customer_entry
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome
from fondly.sender.domain.judging import (
    Doubt,
    Drop,
    Known,
    Rules,
    Send,
    Settled,
    Wait,
    judge,
    quiet_until,
    tried_again_at,
    written_to,
    zone_of,
)
from fondly.sender.domain.sampling import addressed_to_seeds, sample_of, sampled
from fondly.sender.domain.throttle import PAUSE_S, grant, parts_at_once
from tests.support.runs import RUN

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
EMAIL = FinishedEmail(customer_id="c1", key="c1.eml", address="c1@shop.example")
NIGHT, DAY = (time(21), time(8)), (time(11), time(14))
WRITTEN = Contact(customer_id="c1", times=(int(NOON.timestamp()) - 60,), frequency=Frequency.WEEKLY)
SUPPRESSED = Suppression(entry=customer_entry("c1"), reason=NotSent.COMPLAINT, source="ses", at=NOON)


def dispatch(outcome: Outcome, *, tries: int = 1, ago_s: int = 0) -> Dispatch:
    """What is known of the email."""
    at = NOON - timedelta(seconds=ago_s)
    return Dispatch(run_id=RUN, customer_id="c1", outcome=outcome, tries=tries, at=at)


def test_an_email_of_which_nothing_is_known_goes_out() -> None:
    """Now, as nobody wants to sleep and nothing is capped."""
    assert judge(EMAIL, Known(), Rules(), now=NOON) == Send()
    assert (Rules().tries, Rules().retry_s, Rules().zone.key) == (8, 900, "UTC")
    assert not Rules().without_address


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_known_of_an_email_counts_before_all_else(outcome: Outcome) -> None:
    """One being handed over is in doubt, one that is settled stays so, though its reader is suppressed."""
    known = dispatch(outcome, ago_s=3_600)
    verdict = judge(EMAIL, Known(known, SUPPRESSED), Rules(), now=NOON)
    if outcome is Outcome.SENDING:
        assert verdict == Doubt(known)
    elif outcome is Outcome.WAITING:
        assert verdict == Drop(NotSent.COMPLAINT)
    else:
        assert verdict == Settled(known)


@pytest.mark.parametrize(
    ("email", "known", "rules", "reason"),
    [
        ({"address": None, "held_out": True}, Known(None, SUPPRESSED), Rules(), NotSent.COMPLAINT),
        ({"address": None, "held_out": True}, Known(), Rules(), NotSent.NO_ADDRESS),
        ({"address": None, "placeholder": "x@x.invalid"}, Known(), Rules(), NotSent.NO_ADDRESS),
        ({"address": None}, Known(), Rules(without_address=True), NotSent.NO_ADDRESS),
        ({"held_out": True}, Known(contact=WRITTEN), Rules(), NotSent.HOLDOUT),
        ({}, Known(contact=WRITTEN), Rules(), NotSent.FREQUENCY),
        ({}, Known(contact=WRITTEN), Rules(quiet=DAY), NotSent.FREQUENCY),
    ],
)
def test_the_strictest_reason_for_which_it_never_goes_out_is_told(
    email: dict[str, object], known: Known, rules: Rules, reason: NotSent
) -> None:
    """Suppressed, without an address, held out, or written to often enough: in this order."""
    assert judge(EMAIL.model_copy(update=email), known, rules, now=NOON) == Drop(reason)


def test_for_a_trial_emails_to_nobody_go_out_to_their_placeholder() -> None:
    """If the shop wants that, and there is one."""
    nobody = EMAIL.model_copy(update={"address": None, "placeholder": "x@x.invalid"})
    assert judge(nobody, Known(), Rules(without_address=True), now=NOON) == Send()


def test_one_that_is_tried_again_was_counted_before() -> None:
    """Its own first try is not an email too many; but it waits for its time, and for the quiet hours' end."""
    known = Known(dispatch(Outcome.WAITING, ago_s=900), contact=WRITTEN)
    assert judge(EMAIL, known, Rules(), now=NOON) == Send()
    assert judge(EMAIL, known, Rules(), now=NOON - timedelta(seconds=1)) == Wait(NOON)
    assert judge(EMAIL, known, Rules(quiet=DAY), now=NOON) == Wait(NOON + timedelta(hours=2))


@pytest.mark.parametrize(("tries", "wait_s"), [(0, 900), (1, 900), (2, 1_800), (5, 14_400), (9, 14_400)])
def test_each_try_waits_twice_as_long_up_to_four_hours(tries: int, wait_s: int) -> None:
    """From the time of the one before."""
    wanted = NOON + timedelta(seconds=wait_s)
    assert tried_again_at(dispatch(Outcome.WAITING, tries=tries), retry_s=900) == wanted


def on(day: int, hour: int, minute: int = 0, *, zone: ZoneInfo = BERLIN) -> datetime:
    """A moment in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "quiet", "until"),
    [
        (on(26, 12), None, None),
        (on(26, 20, 59), NIGHT, None),
        (on(26, 21), NIGHT, on(27, 8)),
        (on(27, 0), NIGHT, on(27, 8)),
        (on(27, 7, 59), NIGHT, on(27, 8)),
        (on(27, 8), NIGHT, None),
        (on(26, 10, 59), DAY, None),
        (on(26, 11), DAY, on(26, 14)),
        (on(26, 13, 59), DAY, on(26, 14)),
        (on(26, 14), DAY, None),
        (on(26, 12), (time(9), time(9)), None),
        (on(26, 20, zone=TOKYO), DAY, on(26, 14)),
    ],
)
def test_quiet_hours_are_those_of_the_readers_clock(
    now: datetime, quiet: tuple[time, time] | None, until: datetime | None
) -> None:
    """They begin and end at the minute, over midnight too."""
    found = quiet_until(now.astimezone(UTC), quiet, BERLIN)
    assert found == until
    assert found is None or found.tzinfo is UTC


def test_a_customers_own_clock_counts_if_it_is_known() -> None:
    """Else the shop's: it is quiet in Tokyo while it is noon in Berlin."""
    assert (zone_of("Asia/Tokyo", BERLIN), zone_of(None, BERLIN), zone_of("", BERLIN)) == (
        TOKYO,
        BERLIN,
        BERLIN,
    )
    assert (zone_of("Mars/Base", BERLIN), zone_of("../etc", BERLIN)) == (BERLIN, BERLIN)
    rules = Rules(quiet=NIGHT, zone=BERLIN)
    assert judge(EMAIL, Known(), rules, now=NOON) == Send()
    in_tokyo = EMAIL.model_copy(update={"time_zone": "Asia/Tokyo"})
    assert judge(in_tokyo, Known(), rules, now=NOON) == Wait(on(27, 8, zone=TOKYO))


def test_a_contact_notes_the_latest_emails_first_and_only_so_many() -> None:
    """It is the next version of what was known, or the first."""
    at = int(NOON.timestamp())
    first = written_to(None, "c1", now=NOON, most=2)
    assert first == Contact(customer_id="c1", times=(at,), version=1)
    third = written_to(Contact(customer_id="c1", times=(7, 6), version=4), "c1", now=NOON, most=2)
    assert (third.times, third.version) == ((at, 7), 5)


def test_a_sample_is_of_the_first_parts_and_of_nobody_held_out() -> None:
    """As many as are wanted, if there are as many; parts that give none are left out."""
    sizes = [(1, 3), (2, 0), (3, 4), (4, 9)]
    assert sample_of(sizes, 5) == {1: 3, 3: 2}
    assert sample_of(sizes, 7) == {1: 3, 3: 4}
    assert sample_of(sizes, 99) == {1: 3, 3: 4, 4: 9}
    assert sample_of(sizes, 0) == {}
    read = iter(sizes)
    sample_of(read, 3)
    assert next(read) == (2, 0)  # nothing is read that is not needed
    emails = [
        EMAIL.model_copy(update={"customer_id": f"c{number}", "held_out": number == 1}) for number in range(4)
    ]
    assert [each.customer_id for each in sampled(emails, 2)] == ["c0", "c2"]


def test_a_samples_emails_go_to_seeds_in_turn() -> None:
    """Without seeds they stay the customers'."""
    emails = [EMAIL, EMAIL.model_copy(update={"address": None}), EMAIL]
    assert [each.address for each in addressed_to_seeds(emails, ["a@x.example", "b@x.example"])] == [
        *("a@x.example", "b@x.example", "a@x.example")
    ]
    assert addressed_to_seeds(emails, []) == emails


@pytest.mark.parametrize(
    ("per_hour", "taken_until", "wanted", "granted"),
    [
        (3_600, 0.0, 200, (120, 1_120.0, 1_060.0)),
        (3_600, 1_119.0, 200, (1, 1_120.0, 1_060.0)),
        (3_600, 1_120.0, 200, (0, 1_120.0, 1_060.0)),
        (3_600, 1_020.0, 5, (5, 1_025.0, 1_025.0)),
        (3_600, 0.0, 0, (0, 1_000.0, 1_001.0)),
        (6, 0.0, 9, (1, 1_600.0, 1_060.0)),
        (6, 1_600.0, 9, (0, 1_600.0, 1_060.0)),
    ],
)
def test_a_throttle_grants_what_two_minutes_hold(
    per_hour: int, taken_until: float, wanted: int, granted: tuple[int, float, float]
) -> None:
    """At least one email; who is granted none rests for a minute, others until theirs are through."""
    assert tuple(grant(per_hour, taken_until, wanted=wanted, now=1_000.0)) == granted
    assert PAUSE_S == 60


@pytest.mark.parametrize(("per_hour", "parts"), [(1, 2), (749, 2), (750, 3), (3_600, 6), (36_000, 50)])
def test_a_throttled_run_releases_parts_for_two_minutes_and_two_more(per_hour: int, parts: int) -> None:
    """Others would be granted nothing."""
    assert parts_at_once(per_hour) == parts
