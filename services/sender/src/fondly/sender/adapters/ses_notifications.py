"""What Amazon SES reports of emails, by their tags, and the mails that it receives.

SES has two formats, of event publishing (`eventType`) and of feedback notifications (`notificationType`), and
SNS may wrap either (`Message`). A mail that a receipt rule's SNS action passes on stands in the second one.
Sources: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS", "Amazon
SNS notification contents" and "Contents of notifications for Amazon SES email receiving"; Amazon SNS, "Raw
message delivery".
"""

import json
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as Base64Error
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.utils import parseaddr
from typing import Annotated, TypedDict

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from fondly.sender.domain.notifications import (
    CUSTOMER_TAG,
    MAX_ID_CHARS,
    RUN_HEADER,
    RUN_TAG,
    About,
    Notification,
    NotificationError,
    NotificationKind,
    ReceivedMail,
    tags,
)

CUSTOMER_HEADER = "x-customer-id"
SES_TEST = "Successfully validated SNS topic"
"""What SES publishes when a topic becomes an event destination, in words and not in JSON."""
OTHER_TYPES = frozenset(
    {"reject", "delivery", "deliverydelay", "open", "click", "rendering failure", "subscription"}
)
"""What else SES can be told to report: nothing of it changes who may be written to."""
SEND = "send"
"""SES has accepted an email, whether or not its reply has arrived."""
RECEIVED = "received"
NOT_SPAM = "not-spam"
"""Its reader has taken the email out of the spam folder: the contrary of a complaint."""
ABOUT_THE_EMAIL = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
"""Bounces that another email to the same address might not have."""


class _Names(TypedDict):
    provider_id: str
    run_id: str | None
    customer_id: str | None


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, frozen=True)


class _Recipient(_Model):
    address: Annotated[str, Field(alias="emailAddress", max_length=1_000)]


class _Header(_Model):
    name: str
    value: str


class _Mail(_Model):
    message_id: Annotated[str, Field(alias="messageId", min_length=1, max_length=200)]
    tags: dict[str, tuple[str, ...]] = {}
    headers: tuple[_Header, ...] = ()

    def tag(self, name: str) -> str | None:
        return next(iter(self.tags.get(name, ())), None)

    def header(self, name: str) -> str | None:
        found = next((each.value for each in self.headers if each.name.lower() == name), None)
        if found is None:
            return None
        try:
            return str(make_header(decode_header(found))).strip() or None
        except (HeaderParseError, ValueError, LookupError):
            return None


class _Feedback(_Model):
    feedback_id: Annotated[str, Field(alias="feedbackId", min_length=1, max_length=200)]
    timestamp: datetime


class _Bounce(_Feedback):
    kind: Annotated[str, Field(alias="bounceType")]
    sub_type: Annotated[str, Field(alias="bounceSubType")] = ""
    recipients: Annotated[tuple[_Recipient, ...], Field(alias="bouncedRecipients", min_length=1)]


class _Complaint(_Feedback):
    kind: Annotated[str | None, Field(alias="complaintFeedbackType")] = None
    sub_type: Annotated[str | None, Field(alias="complaintSubType")] = None
    recipients: Annotated[tuple[_Recipient, ...], Field(alias="complainedRecipients", min_length=1)]


class _Action(_Model):
    encoding: str = "UTF8"


class _Receipt(_Model):
    action: _Action = _Action()


class _Published(_Model):
    kind: Annotated[str, Field(validation_alias=AliasChoices("eventType", "notificationType"))]
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None
    receipt: _Receipt = _Receipt()
    content: str | None = None


class _Envelope(_Model):
    """What SNS wraps around a message unless it is delivered raw."""

    kind: Annotated[str, Field(alias="Type")]
    message: Annotated[str, Field(alias="Message")]


def is_notification(body: str) -> bool:
    """Whether a message of the feedback queue is a notification rather than a request of a customer's."""
    return body.lstrip().startswith(("{", SES_TEST))


def read_notification(body: str) -> About | ReceivedMail | None:
    """Read a notification; None if it asks for nothing. Raises `NotificationError` if it is none."""
    text = _unwrapped(body)
    if text.startswith(SES_TEST):
        return None
    try:
        found = _Published.model_validate_json(text)
    except ValidationError as error:
        raise NotificationError(f"not a notification of Amazon SES: {_where(error)}") from None
    kind = found.kind.lower()
    if kind == "bounce" and found.bounce:
        return _bounce(found.mail, found.bounce)
    if kind == "complaint" and found.complaint:
        return _complaint(found.mail, found.complaint)
    if kind == SEND:
        return About(**_named(found.mail))
    if kind == RECEIVED and found.content is not None:
        return ReceivedMail(_content(found.content, found.receipt.action.encoding))
    if kind in OTHER_TYPES:
        return None
    raise NotificationError(
        "not a notification of Amazon SES: expected a Bounce with bounce, a Complaint with complaint, "
        "or Received with content"
    )


def send_event(run_id: str, customer_id: str, provider_id: str) -> str:
    """Return what SES publishes of an email that it has accepted: a mail server's log says the same."""
    named = {name: [value] for name, value in tags(run_id, customer_id).items()}
    header = {"name": CUSTOMER_HEADER, "value": Header(customer_id, "utf-8").encode(linesep=" ")}
    return json.dumps(
        {"eventType": "Send", "mail": {"messageId": provider_id, "tags": named, "headers": [header]}}
    )


def _content(text: str, encoding: str) -> bytes:
    """Return a mail's bytes: SES writes each as a character, or all in base64, as the receipt rule says."""
    if encoding.upper() != "BASE64":
        return text.encode("utf-8", "replace")
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise NotificationError("not a notification of Amazon SES: content: expected base64") from None


def _unwrapped(body: str) -> str:
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError:
        return body.strip()
    if envelope.kind != "Notification":
        raise NotificationError("not a notification of Amazon SNS: expected the Type Notification")
    return envelope.message.strip()


def _where(error: ValidationError) -> str:
    [first, *_] = error.errors(include_url=False, include_input=False, include_context=False)
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}"


def _bounce(mail: _Mail, bounce: _Bounce) -> Notification:
    is_hard = bounce.kind == "Permanent"
    return _notification(
        NotificationKind.HARD if is_hard else NotificationKind.SOFT,
        mail,
        bounce,
        bounce.recipients,
        counts=is_hard or bounce.sub_type not in ABOUT_THE_EMAIL,
    )


def _complaint(mail: _Mail, complaint: _Complaint) -> Notification | None:
    """None for the contrary of a complaint; SES also reports as one what its own list has held back."""
    if complaint.kind == NOT_SPAM:
        return None
    return _notification(
        NotificationKind.COMPLAINT, mail, complaint, complaint.recipients, counts=complaint.sub_type is None
    )


def _notification(
    kind: NotificationKind,
    mail: _Mail,
    feedback: _Feedback,
    recipients: tuple[_Recipient, ...],
    *,
    counts: bool,
) -> Notification:
    addresses = (parseaddr(each.address)[1] for each in recipients)
    return Notification(
        kind=kind,
        feedback_id=feedback.feedback_id,
        at=feedback.timestamp,
        addresses=tuple(dict.fromkeys(address for address in addresses if "@" in address)),
        counts=counts,
        **_named(mail),
    )


def _named(mail: _Mail) -> _Names:
    return {
        "provider_id": mail.message_id,
        "run_id": _identifier(mail.tag(RUN_TAG) or mail.header(RUN_HEADER)),
        "customer_id": _identifier(_customer(mail.tag(CUSTOMER_TAG)) or mail.header(CUSTOMER_HEADER)),
    }


def _identifier(found: str | None) -> str | None:
    return found if found and len(found) <= MAX_ID_CHARS else None


def _customer(tag: str | None) -> str | None:
    """Read the id from its tag, which has it in URL-safe base64 without padding."""
    if not tag:
        return None
    try:
        return urlsafe_b64decode(tag + "=" * (-len(tag) % 4)).decode() or None
    except (Base64Error, ValueError):
        return None
