import json
from io import StringIO

from rich.console import Console

from fondly.checks.emails.caniemail import allowed_features
from fondly.checks.emails.checks import spread
from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.nu_html import read_messages
from fondly.checks.emails.report import show
from fondly.checks.emails.spamassassin import read_scores
from lab.checks.tests.emails import an_email

REPORT = """X-Spam-Status: Yes, score=999.0 required=5.0 tests=GTUBE,NO_RECEIVED,
	NO_RELAYS autolearn=no autolearn_force=no version=4.0.1

X-Spam-Status: No, score=-0.1 required=5.0 tests=HTML_MESSAGE autolearn=no
"""


def test_scores_are_read_in_order_with_their_rules() -> None:
    """Folded fields are joined, and a score may be negative."""
    assert read_scores(REPORT) == [(999.0, "GTUBE, NO_RECEIVED, NO_RELAYS"), (-0.1, "HTML_MESSAGE")]


def test_messages_of_the_html_checker_name_the_email_and_the_line() -> None:
    """Errors and warnings are findings alike."""
    message = {"type": "info", "subType": "warning", "url": "file:/t/0.html", "lastLine": 4, "message": "No."}
    report = json.dumps({"messages": [message]})
    assert read_messages(report, {"0.html": "c1.eml"}) == [Finding("c1.eml line 4", "HTML: No.")]


def test_every_allowed_feature_is_of_a_checked_reader_and_allowed_once() -> None:
    """An entry for a reader that nobody checks would allow nothing."""
    clients, allowed = allowed_features()
    assert {client for client, _ in allowed} <= set(clients)
    assert len(clients) == len(set(clients))


def test_a_sample_is_spread_over_all_emails() -> None:
    """With several variants in a row, each is in the sample."""
    emails = [an_email(subject=str(number)) for number in range(10)]
    assert [str(email.message["Subject"]) for email in spread(emails, 4)] == ["0", "2", "5", "7"]
    assert spread(emails[:2], 4) == emails[:2]


def test_a_finding_of_many_emails_is_shown_once_with_their_number() -> None:
    """Within 80 columns the table has a line per check, and a finding names its first email."""
    out = StringIO()
    findings = [Finding(f"c{number}.eml", "HTML: No.") for number in range(1_200)]
    show([Result("Nu HTML checker", 1_200, findings)], Console(file=out, width=80))
    assert out.getvalue().splitlines() == [
        "Check            Emails  Findings  Measured",
        "Nu HTML checker   1,200     1,200          ",
        "c0.eml and 1,199 more: HTML: No.",
    ]
