"""What becomes of an accepted email, in the form in which SES publishes it.

Source: SES Developer Guide, "Using the mailbox simulator" and "Contents of event data that Amazon SES
publishes to Amazon SNS".
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from understudy.ses.message import Email

Event = dict[str, Any]
SIMULATOR = "simulator.amazonses.com"
BOUNCE, COMPLAINT, SUPPRESSED = "bounce", "complaint", "suppressionlist"
"""The simulator's mailboxes that do not take an email in silence; each may have a label: `bounce+label`."""


def is_simulated(address: str) -> bool:
    """Whether an address is one of SES's mailbox simulator, to which a sandbox may send, too."""
    return address.lower().endswith(f"@{SIMULATOR}")


def what_happens(
    email: Email,
    message_id: str,
    *,
    suppressed: Collection[str],
    account_id: str,
    region: str,
    now: datetime | None = None,
) -> Iterator[Event]:
    """Yield the events of an email, in order; addresses on the suppression list bounce."""
    at = _text(now or datetime.now(UTC))
    mail = _mail(email, message_id, at=at, account_id=account_id, region=region)
    yield {"eventType": "Send", "mail": mail, "send": {}}
    kinds = {each: _kind(each, suppressed) for each in email.recipients}
    for kind in (BOUNCE, SUPPRESSED):
        if bounced := [each for each in email.recipients if kinds[each] == kind]:
            yield {"eventType": "Bounce", "mail": mail, "bounce": _bounce(bounced, kind, at)}
    if delivered := [each for each in email.recipients if kinds[each] not in {BOUNCE, SUPPRESSED}]:
        yield {"eventType": "Delivery", "mail": mail, "delivery": _delivery(delivered, at)}
    if complained := [each for each in delivered if kinds[each] == COMPLAINT]:
        yield {"eventType": "Complaint", "mail": mail, "complaint": _complaint(complained, at)}


def _kind(address: str, suppressed: Collection[str]) -> str:
    if address.lower() in suppressed:
        return SUPPRESSED
    return address.partition("@")[0].partition("+")[0].lower() if is_simulated(address) else ""


def _bounce(addresses: list[str], kind: str, at: str) -> Event:
    on_list = kind == SUPPRESSED
    diagnosis = (
        "Amazon SES did not send the message to this address because it is on the suppression list for your "
        "account."
        if on_list
        else "smtp; 550 5.1.1 user unknown"
    )
    return {
        "feedbackId": _feedback_id(),
        "bounceType": "Permanent",
        "bounceSubType": "OnAccountSuppressionList" if on_list else "General",
        "bouncedRecipients": [
            {"emailAddress": each, "action": "failed", "status": "5.1.1", "diagnosticCode": diagnosis}
            for each in addresses
        ],
        "timestamp": at,
        "reportingMTA": "dns; amazonses.com",
    }


def _complaint(addresses: list[str], at: str) -> Event:
    return {
        "feedbackId": _feedback_id(),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": each} for each in addresses],
        "timestamp": at,
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": at,
    }


def _delivery(addresses: list[str], at: str) -> Event:
    return {
        "timestamp": at,
        "processingTimeMillis": 500,
        "recipients": addresses,
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a8-50.smtp-out.amazonses.com",
    }


def _mail(email: Email, message_id: str, *, at: str, account_id: str, region: str) -> Event:
    domain = email.source.rpartition("@")[2]
    tags = {
        "ses:configuration-set": [email.configuration_set or ""],
        "ses:from-domain": [domain],
        "ses:source-ip": ["127.0.0.1"],
        **{name: [value] for name, value in email.tags.items()},
    }
    return {
        "timestamp": at,
        "source": email.source,
        "sourceArn": f"arn:aws:ses:{region}:{account_id}:identity/{domain}",
        "sendingAccountId": account_id,
        "messageId": message_id,
        "destination": list(email.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in email.headers],
        "commonHeaders": {
            "from": [email.header("From")],
            "to": [email.header("To")],
            "messageId": message_id,
            "subject": email.header("Subject"),
        },
        "tags": tags,
    }


def _feedback_id() -> str:
    return f"0102{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
