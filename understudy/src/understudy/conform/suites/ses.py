"""What SES refuses to send, and what it says of the account: nothing is sent, so nothing costs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import Cases, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conform.check import Check

_CASES = Cases("sesv2")
_NOBODY = "hello@understudy-conform.invalid"
"""A sender that nobody can have verified: its domain never exists (RFC 2606)."""
_RAW = (
    f"From: {_NOBODY}\r\nTo: success@simulator.amazonses.com\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain\r\n\r\nHello\r\n"
)


def ses_checks() -> Iterator[Check]:
    """Yield the checks of emails that are refused, and of what is known of the account."""
    yield from _refusals()
    yield _CASES.answered(
        "an account knows its rate and its quota of the day",
        "GetAccount",
        {},
        found({"Max24HourSend", "MaxSendRate", "SentLast24Hours"}, lambda answer: set(answer["SendQuota"])),
    )
    yield _CASES.refused(
        "an address that is not on the suppression list is not found",
        "GetSuppressedDestination",
        {"EmailAddress": _NOBODY},
        "NotFoundException",
        status=404,
    )
    yield _CASES.answered(
        "the suppression list can be read page by page", "ListSuppressedDestinations", {"PageSize": 1}
    )


def _refusals() -> Iterator[Check]:
    yield _CASES.refused(
        "nobody sends by an identity that is not verified",
        "SendEmail",
        _sending(_RAW),
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region",
        origin=Origin.QUOTED,
    )
    for name, raw, more in (
        ("a message needs a sender", _RAW.replace("From: ", "X-From: "), {}),
        ("a field stands once", _RAW.replace("Subject: ", "Subject: Hi\r\nSubject: "), {}),
        ("a tag has no blanks", _RAW, {"EmailTags": [{"Name": "run", "Value": "a b"}]}),
        ("a recipient has a domain", _RAW, {"Destination": {"ToAddresses": ["ada"]}}),
    ):
        yield _CASES.refused(
            name,
            "SendEmail",
            {**_sending(raw), **more},
            "BadRequestException|MessageRejected",  # whichever it looks at first
            origin=Origin.RECALLED,
        )


def _sending(raw: str) -> dict[str, Any]:
    return {"Content": {"Raw": {"Data": raw.encode()}}}
