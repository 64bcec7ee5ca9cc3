"""What became of a run is told in plain words, and every customer is counted once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Exclusion
from fondly.operations.runs.facts import (
    RunFacts,
    customer_groups,
    notices,
    quiet_lines,
    stock_line,
    why_no_emails,
)
from fondly.stack.collect import Missing

ALL_OUT = IngestReport(exclusions={Exclusion.NO_CONSENT: 60, Exclusion.SUPPRESSED: 7})


def facts(status: str = "finished", reason: str | None = None, **counts: int) -> RunFacts:
    """Return the facts of a run with these counts."""
    return RunFacts(status, reason, counts)


@given(
    excluded=st.dictionaries(st.sampled_from(Exclusion), st.integers(0, 50)),
    emails=st.integers(0, 50),
    left_out=st.integers(0, 50),
    suppressed=st.integers(0, 50),
    capped=st.integers(0, 50),
    unwanted=st.integers(0, 50),
    failed=st.integers(0, 50),
    unreached=st.integers(0, 50),
)
def test_every_customer_is_in_one_group(
    *,
    excluded: dict[Exclusion, int],
    emails: int,
    left_out: int,
    suppressed: int,
    capped: int,
    unwanted: int,
    failed: int,
    unreached: int,
) -> None:
    """Emails, exclusions by cause, left out, suppressed, failed and not reached add up to all customers."""
    refused = suppressed + capped + unwanted
    customers = sum(excluded.values()) + emails + left_out + refused + failed + unreached
    run = RunFacts(
        "finished",
        None,
        {
            "customers": customers,
            "emails": emails,
            "emails_left_out": left_out,
            "emails_suppressed": refused,
            "emails_suppressed_frequency": capped,
            "emails_suppressed_topics": unwanted,
            "emails_failed": failed,
        },
        ingest=IngestReport(exclusions=excluded),
    )
    groups = customer_groups(run)
    assert sum(each.customers for each in groups) == customers
    assert sum(each.customers for each in groups if each.lost) == failed + unreached
    assert [each.label for each in groups if not each.customers] in ([], ["have an email"])


def test_customers_of_a_running_run_are_not_lost() -> None:
    """They may still get theirs."""
    (_, rest) = customer_groups(facts("running", customers=9, emails=4))
    assert (rest.label, rest.customers, rest.lost) == ("not reached yet", 5, False)


def test_a_run_without_counts_has_no_groups() -> None:
    """As one that failed before its file was read."""
    assert customer_groups(facts("failed")) == []


def test_popular_products_are_announced_with_their_reason() -> None:
    """With the numbers of Personalize's minimum, of those who are written to."""
    run = RunFacts(
        "finished",
        None,
        {"customers": 70, "customers_by_popularity": 67},
        ingest=IngestReport(exclusions={Exclusion.SUPPRESSED: 3}),
        popularity_reason="67 interactions, Personalize needs 1,000",
    )
    assert notices(run) == [
        "67 of 67 customers got popular products: 67 interactions, Personalize needs 1,000"
    ]


def test_single_customers_without_a_ranking_are_announced() -> None:
    """Personalize has trained, but not for them."""
    assert notices(facts(customers=70, customers_by_popularity=1)) == [
        "1 of 70 customers got popular products: Personalize has no ranking for them"
    ]


def test_what_ranking_is_worth_is_told() -> None:
    """In the words of the run, if it has found out."""
    assert quiet_lines(RunFacts("finished", None, {}, ranking="pays here; weight 1")) == [
        "ranking pays here; weight 1"
    ]
    assert quiet_lines(facts()) == []

    report = IngestReport(unmatched_rules=("mapping.yaml: files: orders.csv",))
    told = ["a rule matches nothing: mapping.yaml: files: orders.csv", "a rule matches nothing: pin: P9"]
    assert notices(RunFacts("finished", None, {}, ingest=report, unmatched_rules=("pin: P9",))) == told
    summary = {"status": "finished", "ingest": report.model_dump(), "unmatched_rules": ["pin: P9"]}
    assert notices(RunFacts.of_summary(summary)) == told


def test_it_is_told_why_nobody_was_asked_for_consent() -> None:
    """In one line, where a shop needs none."""
    ingest = IngestReport(consent_not_required="soft opt-in")
    assert quiet_lines(RunFacts("finished", None, {}, ingest)) == ["consent: not required: soft opt-in"]


def test_short_lists_and_stock_are_told() -> None:
    """If there are any."""
    assert notices(facts(customers_short_of_products=1)) == [
        "1 customer got too few products: there was nothing else that they may get"
    ]
    assert (
        stock_line(facts(products=30, products_out_of_stock=12))
        == "12 of 30 products out of stock: nobody gets them"
    )
    assert stock_line(facts(products=30)) == ""


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (facts("failed", "no such column: price"), "This run has no emails. no such column: price"),
        (facts(customers=0), "This run has no emails: its file has no customers."),
        (
            RunFacts("finished", None, {"customers": 67}, ingest=ALL_OUT),
            "This run has no emails, though it has 67 customers: 60 without consent, 7 suppressed.",
        ),
        (
            facts(customers=1, emails_failed=1),
            "This run has no emails, though it has 1 customer: 1 email failed.",
        ),
        (
            facts(customers=2, emails=2),
            "This run has no emails, though it has 2 customers: none was collected.",
        ),
    ],
)
def test_a_run_without_emails_says_why(run: RunFacts, told: str) -> None:
    """Its failure, or what became of its customers."""
    assert why_no_emails(run) == told


def test_what_a_summary_says_is_read_back() -> None:
    """Whatever of it a summary of an earlier version does not have."""
    assert RunFacts.of_summary({}) == RunFacts("", None, {})
    whole = {"status": "finished", "emails": 3, "ingest": ALL_OUT.model_dump(mode="json"), "missing": ["x"]}
    assert RunFacts.of_summary(whole) == RunFacts(
        "finished", None, {"emails": 3}, ingest=ALL_OUT, missing=["x"]
    )


def test_missing_objects_are_counted_with_the_first_few() -> None:
    """By kind, and all of them where there are few."""
    missing = Missing()
    missing.note("emails", [])
    assert missing.lines() == []
    missing.note("emails", ["a", "b"])
    missing.note("emails", ["c", "d"])
    missing.note("prompts", ["k"])
    assert missing.lines() == ["emails (4): a, b, c, …", "prompts (1): k"]
    assert notices(RunFacts("failed", "x", {}, missing=missing.lines())) == [
        "missing emails (4): a, b, c, …",
        "missing prompts (1): k",
    ]
