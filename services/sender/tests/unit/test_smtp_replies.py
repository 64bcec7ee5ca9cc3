"""A mail server's replies mean what the standards say, for one email or for all of them."""

import pytest

from fondly.sender.adapters.smtp_replies import Step, accepted, refusal
from fondly.sender.ports import (
    DeferredError,
    InDoubtError,
    QuotaSpentError,
    RefusedError,
    UnusableError,
)


@pytest.mark.parametrize(
    ("step", "code", "text", "kind"),
    [
        (Step.RCPT, 450, "4.2.1 mailbox busy", DeferredError),
        (Step.RCPT, 452, "4.2.2 mailbox full", DeferredError),
        (Step.MESSAGE, 451, "4.3.0 try again", DeferredError),
        (Step.MESSAGE, 454, "Throttling failure: Daily message quota exceeded", QuotaSpentError),
        (Step.MAIL, 454, "Throttling failure: Maximum sending rate exceeded", DeferredError),
        (Step.AUTH, 454, "4.7.0 temporary failure", DeferredError),
        (Step.AUTH, 535, "5.7.8 credentials invalid", UnusableError),
        (Step.MAIL, 530, "5.7.0 must issue STARTTLS first", UnusableError),
        (Step.RCPT, 530, "5.7.0 authentication required", UnusableError),
        (Step.GREETING, 554, "no service", UnusableError),
        (Step.MAIL, 550, "5.7.1 not your domain", UnusableError),
        (Step.MAIL, 552, "5.3.4 message too big", RefusedError),
        (Step.RCPT, 554, "5.7.1 <a@b.example>: Relay access denied", UnusableError),
        (Step.RCPT, 550, "5.1.1 no such user", RefusedError),
        (Step.DATA, 554, "5.5.1 no valid recipients", RefusedError),
        (Step.MESSAGE, 554, "5.7.1 looks like spam", RefusedError),
        (Step.MESSAGE, 354, "go on", InDoubtError),
        (Step.MESSAGE, -1, "Malformed SMTP response line", InDoubtError),
        (Step.RCPT, 354, "go on", DeferredError),
    ],
)
def test_reply_has_its_meaning(step: Step, code: int, text: str, kind: type[Exception]) -> None:
    """Only what surely was not accepted may be tried again, and only what is about one email refuses it."""
    error = refusal(step, code, text)
    assert type(error) is kind
    assert str(error).startswith(f"{step}: {code} ")


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("5.1.1 <jo@shop.example>: Recipient address rejected: User unknown", True),
        ("5.1.10 domain has a null MX", True),
        ("5.2.1 mailbox disabled", True),
        ("No such user here", True),
        ("5.7.1 blocked by policy, user unknown to our whitelist", False),
        ("5.2.2 over quota", False),
        ("Requested action not taken: mailbox unavailable", False),
    ],
)
def test_only_a_missing_mailbox_is_a_bad_address(text: str, bad: bool) -> None:  # noqa: FBT001
    """A refusal for another reason, such as policy, suppresses nobody."""
    error = refusal(Step.RCPT, 550, text)
    assert isinstance(error, RefusedError)
    assert error.bad_address is bad


def test_reason_has_no_address() -> None:
    """Servers quote whom they refuse; the reason that is kept does not."""
    error = refusal(Step.RCPT, 550, "5.1.1 <jo.doe@shop.example>:\r\n unknown\x00 in local table")
    assert str(error) == "RCPT: 550 5.1.1 <(address)>: unknown in local table"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2.0.0 Ok: queued as 4C8Xk12z9rz", "4C8Xk12z9rz"),
        ("OK id=1tGxyz-0001-AB", "1tGxyz-0001-AB"),
        ("Ok", "ours@shop.example"),
    ],
)
def test_accepted_email_is_named_as_the_server_does(text: str, named: str) -> None:
    """An operator finds it in the server's log; else its own Message-ID names it."""
    assert accepted(text, "ours@shop.example").provider_id == named
