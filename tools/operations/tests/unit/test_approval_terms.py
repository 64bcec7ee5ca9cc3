"""What somebody approves: times, seeds, and the line that says what an approval leads to."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from fondly.operations.delivery.given import one_line
from fondly.operations.delivery.plan import Plan, moment
from fondly.operations.delivery.terms import MOST_SEEDS, Terms, read_seeds, start_time
from fondly.operations.errors import OperationError
from fondly.runtime.runs.delivery import Act

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SEEDS = ("ines@shop.example", "jo@shop.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13:30", datetime(2026, 11, 25, 12, 30, tzinfo=UTC)),
        ("13:00", datetime(2026, 11, 26, 12, 0, tzinfo=UTC)),
        ("9:00", datetime(2026, 11, 26, 8, 0, tzinfo=UTC)),
        ("09:00 America/New_York", datetime(2026, 11, 25, 14, 0, tzinfo=UTC)),
        ("23:00Z", datetime(2026, 11, 25, 23, 0, tzinfo=UTC)),
        ("2026-11-30 09:00", datetime(2026, 11, 30, 8, 0, tzinfo=UTC)),
        ("2026-11-30T09:00:30", datetime(2026, 11, 30, 8, 0, 30, tzinfo=UTC)),
        ("2026-11-30T09:00+05:30", datetime(2026, 11, 30, 3, 30, tzinfo=UTC)),
        ("2026-11-30 09:00  UTC", datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_the_clock_it_names_else_by_this_machines(text: str, expected: datetime) -> None:
    """A time of day alone is the next one: what the clock shows now is tomorrow's."""
    assert start_time(text, now=NOW, local=BERLIN) == expected


def test_a_time_means_the_same_before_and_after_the_clocks_change() -> None:
    """09:00 in Berlin is an hour later in UTC once summer time is over."""
    before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert start_time("2026-10-24 20:00", now=before, local=BERLIN).hour == 18
    assert start_time("2026-10-26 20:00", now=before, local=BERLIN).hour == 19
    assert start_time("09:00", now=before, local=BERLIN) == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "", "25:00", "09:60", "2026-11-31 09:00", "2026-12-01", "09:00 Mars/Base", "9:00+01:00 UTC"],
)
def test_what_is_no_time_is_refused_with_what_is_expected(text: str) -> None:
    """In one line."""
    with pytest.raises(OperationError, match="expected 09:00") as caught:
        start_time(text, now=NOW, local=BERLIN)
    assert "\n" not in str(caught.value)


def test_a_zone_that_does_not_exist_is_named() -> None:
    """A typing error is found faster."""
    with pytest.raises(OperationError, match="there is no time zone Europe/Berln"):
        start_time("09:00 Europe/Berln", now=NOW, local=BERLIN)


@pytest.mark.parametrize(("text", "why"), [("2026-11-24 09:00", "is past"), ("2027-11-25 09:00", "90 days")])
def test_a_time_that_is_past_or_far_off_is_refused(text: str, why: str) -> None:
    """The wrong year or day is easily written."""
    with pytest.raises(OperationError, match=why):
        start_time(text, now=NOW, local=BERLIN)


def test_seeds_are_listed_or_in_a_file(tmp_path: Path) -> None:
    """Each once, in the form that servers take; a comment may follow."""
    assert read_seeds("ines@shop.example, jo@shop.example,ines@shop.example") == SEEDS
    path = tmp_path / "seeds.txt"
    path.write_text("# ours\nines@shop.example  # marketing\n\njo@shop.example; max@münchen.example\n")
    assert read_seeds(str(path), files=True) == (*SEEDS, "max@xn--mnchen-3ya.example")


def test_what_are_no_seeds_is_refused(tmp_path: Path) -> None:
    """The address is named, or the file."""
    empty = tmp_path / "empty"
    empty.write_text("# nobody\n")
    with pytest.raises(OperationError, match="ines@ is not an email address"):
        read_seeds("jo@shop.example,ines@")
    with pytest.raises(OperationError, match=r"seeds\.csv: not a list of addresses"):
        read_seeds("seeds.csv", files=True)
    with pytest.raises(OperationError, match="has no address"):
        read_seeds(str(empty), files=True)
    with pytest.raises(OperationError, match=f"at most {MOST_SEEDS}"):
        read_seeds(",".join(f"a{number}@shop.example" for number in range(MOST_SEEDS + 1)))


def test_seeds_are_about_a_sample() -> None:
    """Without one, an approval would go to customers although seeds are named."""
    with pytest.raises(OperationError, match="give --sample N"):
        Terms.of(sample=None, seeds="ines@shop.example", at=None, per_hour=None)


def test_an_approval_replaces_time_and_pace_and_leaves_the_sample_as_it_was() -> None:
    """What the sample was stays to be seen."""
    terms = Terms.of(sample=None, seeds=None, at=None, per_hour=20)
    assert (terms.act, terms.changes) == (Act.APPROVE, {"starts_at": None, "per_hour": 20})
    sample = Terms.of(sample=2, seeds="ines@shop.example", at=None, per_hour=None)
    assert sample.act is Act.SAMPLE
    assert sample.changes["seeds"] == ("ines@shop.example",)


QUIET = (time(21), time(8))


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (
            Plan(emails=12_345, how="Amazon SES", per_hour=500, quiet=QUIET),
            (
                "Up to 12,345 people get an email, now, by Amazon SES, at most 500 an hour (1 d or more),"
                " not between 21:00 and 08:00 by their clocks. Nobody who must not be written to gets one."
            ),
        ),
        (
            Plan(emails=9_050, settled=50, starts_at=NOW + timedelta(hours=20), how="Amazon SES"),
            (
                "Up to 9,000 people get an email, from Thu 26 Nov 2026, 08:00 UTC on, by Amazon SES."
                " 50 are settled already."
            ),
        ),
        (
            Plan(emails=9_050, sample=50, per_hour=500),
            (
                "Up to 50 people of 9,050 get an email, now, by the transport of the sender, at most 500 an"
                " hour. All others wait for an approval."
            ),
        ),
        (
            Plan(emails=9_050, sample=50, seeds=SEEDS, how="SMTP, mail.shop.example:587", quiet=QUIET),
            (
                "50 of 9,050 emails go to ines@shop.example, jo@shop.example in turn, now, by SMTP,"
                " mail.shop.example:587. No customer gets one."
            ),
        ),
        (
            Plan(emails=9_050, without_address=50, settled=20, how="Amazon SES"),
            (
                "Up to 9,000 people get an email, now, by Amazon SES."
                " 20 are settled already. 50 customers have no address."
            ),
        ),
        (
            Plan(emails=9_050, without_address=9_050, how="Amazon SES"),
            "Nobody gets an email, now, by Amazon SES. 9,050 customers have no address.",
        ),
        (
            Plan(emails=9_050, without_address=9_050, sample=50, how="Amazon SES"),
            (
                "Nobody gets an email, now, by Amazon SES. 9,050 customers have no address."
                " All others wait for an approval."
            ),
        ),
        (
            Plan(emails=1, how="Amazon SES"),
            "Up to 1 person gets an email, now, by Amazon SES. Nobody who must not be written to gets one.",
        ),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_line_says_who_gets_an_email_when_and_by_what(plan: Plan, line: str) -> None:
    """In words for somebody who answers for it."""
    assert plan.line() == line


@pytest.mark.parametrize(
    ("plan", "most"),
    [
        (Plan(emails=3, sample=50), 3),
        (Plan(emails=100, settled=60, sample=50), 40),
        (Plan(emails=100, settled=20, sample=50), 50),
        (Plan(emails=100, settled=20), 80),
        (Plan(emails=100, settled=20, without_address=100), 0),
        (Plan(emails=100, without_address=70, sample=50), 30),
        (Plan(emails=100, without_address=70, sample=50, seeds=SEEDS), 50),
        (Plan(emails=100, settled=20, sample=50, seeds=SEEDS), 30),
    ],
)
def test_no_more_emails_go_out_than_the_line_says(plan: Plan, most: int) -> None:
    """Of a sample of customers it is not known which are settled; of copies for seeds it is."""
    assert plan.left == most


def test_a_moment_is_told_by_this_machines_clock_and_in_utc() -> None:
    """With the day in UTC where it is another."""
    early = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert moment(early, BERLIN) == "Fri 27 Nov 2026, 00:30 CET (Thu 23:30 UTC)"
    assert moment(NOW, BERLIN) == "Wed 25 Nov 2026, 13:00 CET (12:00 UTC)"


def test_names_and_reasons_are_kept_on_one_line() -> None:
    """They are shown in tables."""
    assert one_line(" looks\n good ", "--why", most=20) == "looks good"
    with pytest.raises(OperationError, match="--by is empty"):
        one_line(" ", "--by", most=20)
    with pytest.raises(OperationError, match="21 characters, expected at most 20"):
        one_line("x" * 21, "--why", most=20)
