"""Reports of Amazon SES, in both of its formats, raw and as SNS wraps them."""

import json
from datetime import UTC, datetime
from email.header import Header
from pathlib import Path
from typing import Any

import pytest

from fondly.sender.adapters.ses_notifications import is_notification, read_notification
from fondly.sender.domain.notifications import (
    About,
    Notification,
    NotificationError,
    NotificationKind,
    ReceivedMail,
    tags,
)
from understudy.ses.message import Email
from understudy.ses.simulator import what_happens

SAMPLES = Path(__file__).parents[1] / "samples/ses"
RUN = "run-0123456789abcdef"
EMAIL = "0102017d2f3c4000-ses-message-000000"
AT = datetime(2026, 11, 20, tzinfo=UTC)


def sample(name: str, **changes: object) -> str:
    """A sample of a notification, with changes of its bounce or complaint."""
    notification: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    for section in ("bounce", "complaint"):
        notification.get(section, {}).update(changes)
    return json.dumps(notification)


def wrapped(message: str) -> str:
    """A message as SNS delivers it without raw delivery."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:fondly-prod-email-bounces",
            "Message": message,
            "Timestamp": "2026-11-20T10:15:31.000Z",
            "SignatureVersion": "1",
        }
    )


def read(body: str) -> Notification | None:
    """What is reported of an email, but for its acceptance."""
    found = read_notification(body)
    assert not isinstance(found, ReceivedMail)
    return found if isinstance(found, Notification) else None


def test_a_published_bounce_names_its_email_by_tags() -> None:
    """Also where SNS has wrapped it."""
    expected = Notification(
        kind=NotificationKind.HARD,
        feedback_id="0100017d2f3c4a5b-1a2b3c4d-0000",
        at=datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC),
        provider_id=EMAIL,
        addresses=("Asha.Rao@example.com",),
        run_id=RUN,
        customer_id="K-7",
    )
    assert read(sample("event-bounce")) == expected
    assert read(wrapped(sample("event-bounce"))) == expected


def test_a_notified_bounce_names_its_email_by_headers() -> None:
    """It has no tags; an id that is not ASCII is encoded, and an address may have a name."""
    found = read(sample("notification-bounce"))
    assert found is not None
    assert (found.kind, found.counts) == (NotificationKind.SOFT, True)
    assert (found.run_id, found.customer_id) == (RUN, "K-ü")
    assert found.addresses == ("asha.rao@example.com",)


@pytest.mark.parametrize("sub_type", ["MessageTooLarge", "ContentRejected", "AttachmentRejected"])
def test_a_bounce_of_the_email_says_nothing_of_the_address(sub_type: str) -> None:
    """Another email might arrive."""
    found = read(sample("notification-bounce", bounceSubType=sub_type))
    assert found is not None
    assert not found.counts


@pytest.mark.parametrize(
    ("kind", "expected"), [("Undetermined", NotificationKind.SOFT), ("Permanent", NotificationKind.HARD)]
)
def test_only_a_permanent_bounce_is_hard(kind: str, expected: NotificationKind) -> None:
    """What SES cannot tell counts as soft."""
    found = read(sample("event-bounce", bounceType=kind))
    assert found is not None
    assert found.kind is expected


def test_a_complaint_counts_unless_it_is_the_contrary() -> None:
    """`not-spam` is good news; what SES's own list has held back was not sent at all."""
    found = read(sample("event-complaint"))
    assert found is not None
    assert (found.kind, found.counts, found.customer_id) == (NotificationKind.COMPLAINT, True, "K-7")
    assert read(sample("notification-complaint")) is None
    held_back = read(sample("event-complaint", complaintSubType="OnAccountSuppressionList"))
    assert held_back is not None
    assert not held_back.counts


@pytest.mark.parametrize(
    "body",
    [
        '{"eventType": "Delivery", "mail": {"messageId": "m"}, "delivery": {}}',
        '{"eventType": "DeliveryDelay", "mail": {"messageId": "m"}}',
        "Successfully validated SNS topic for Amazon SES event publishing.",
        wrapped("Successfully validated SNS topic for Amazon SES event publishing.\n"),
    ],
)
def test_there_is_nothing_to_do_about_the_rest(body: str) -> None:
    """Other events that a configuration set may publish, and the words that it publishes first."""
    assert is_notification(body)
    assert read(body) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "body: "),
        ("{}", "eventType"),
        ('{"eventType": "Bounce", "mail": {"messageId": "m"}}', "expected a Bounce with bounce"),
        ('{"eventType": "Applause", "mail": {"messageId": "m"}}', "expected a Bounce with bounce"),
        (sample("event-bounce", bouncedRecipients=[]), "bounce.bouncedRecipients"),
        (sample("event-bounce", timestamp="yesterday at asha@example.com"), "bounce.timestamp"),
        (
            '{"Type": "SubscriptionConfirmation", "Message": "asha@example.com"}',
            "expected the Type Notification",
        ),
        ("[" * 100_000, "body: "),
    ],
)
def test_a_malformed_notification_is_refused_without_its_words(body: str, message: str) -> None:
    """Reasons of dead letters are logged, and what is in notifications are people."""
    with pytest.raises(NotificationError, match=message) as caught:
        read(body)
    assert "asha" not in str(caught.value)


def test_what_cannot_be_an_id_is_none() -> None:
    """Broken tags, headers and addresses name nobody."""
    notification = json.loads(sample("event-bounce", bouncedRecipients=[{"emailAddress": "nobody"}]))
    notification["mail"]["tags"] = {"fondly_run": ["r" * 257], "fondly_customer": ["/w"]}
    notification["mail"]["headers"] = [{"name": "X-Customer-Id", "value": "=?nonsense?q?K?="}]
    found = read(json.dumps(notification))
    assert found is not None
    assert (found.run_id, found.customer_id, found.addresses) == (None, None, ())


@pytest.mark.parametrize("customer_id", ["K-7", "Ünal & Söhne/1", "長" * 64, "長" * 65])
@pytest.mark.parametrize(
    ("mailbox", "kind"), [("bounce", NotificationKind.HARD), ("complaint", NotificationKind.COMPLAINT)]
)
def test_a_notification_of_the_stand_in_names_what_the_sender_has_sent(
    customer_id: str, mailbox: str, kind: NotificationKind
) -> None:
    """By its tags; an id that is too long for a tag, by the header."""
    address = f"{mailbox}@simulator.amazonses.com"
    email = Email(
        source="hello@shop.example",
        senders=("hello@shop.example",),
        recipients=(address,),
        headers=(("X-Customer-Id", Header(customer_id, "utf-8", maxlinelen=9_999).encode()),),
        tags=tags(RUN, customer_id),
        configuration_set="fondly-prod",
        content=b"",
    )
    happened = what_happens(email, EMAIL, suppressed=(), account_id="123456789012", region="eu-west-1")
    send, *events = map(json.dumps, happened)
    [found] = filter(None, map(read, events))
    assert read_notification(send) == About(run_id=RUN, customer_id=customer_id, provider_id=EMAIL)
    assert (found.kind, found.addresses, found.counts) == (kind, (address,), True)
    assert (found.run_id, found.customer_id, found.provider_id) == (RUN, customer_id, EMAIL)
