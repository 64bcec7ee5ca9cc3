"""What is reported of emails that were accepted: bounces and complaints; and mails that come back."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

RUN_TAG, CUSTOMER_TAG, VARIANT_TAG = "fondly_run", "fondly_customer", "fondly_variant"
RUN_HEADER = "x-fondly-run"
MAX_ID_CHARS = MAX_TAG_CHARS = 256


class NotificationError(Exception):
    """A message is no notification of SES's; the message says what was expected, not what was found."""


class NotificationKind(StrEnum):
    """What happened to an email after it was accepted, from the least to the worst."""

    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True)
class About:
    """The email that a provider reports of. By itself it says that the email was accepted."""

    provider_id: str
    """SES's name for the email."""
    run_id: str | None = None
    customer_id: str | None = None
    is_proved: bool = False
    """Whether a token of ours has proved whose email it is about; a provider's name of the email does too."""


@dataclass(frozen=True, kw_only=True)
class Notification(About):
    """A bounce or a complaint of one email."""

    kind: NotificationKind
    feedback_id: str
    """SES's name for the notification."""
    at: datetime
    addresses: tuple[str, ...]
    """The addresses that bounced or whose owners complained; each email of ours has one."""
    counts: bool = True
    """Whether it says something new of address or reader: a bounce of the email's size does not."""


@dataclass(frozen=True)
class ReceivedMail:
    """A mail that SES has received: anybody may have sent it."""

    content: bytes


def tags(run_id: str, customer_id: str, variant: str = "") -> dict[str, str]:
    """Return the tags by which reports name an email; an id that is too long for one is in its header."""
    customer = urlsafe_b64encode(customer_id.encode("utf-8", "replace")).decode().rstrip("=")
    found = {RUN_TAG: run_id.partition("#")[0]}
    if len(customer) <= MAX_TAG_CHARS:
        found[CUSTOMER_TAG] = customer
    if variant:
        found[VARIANT_TAG] = sha256(variant.encode()).hexdigest()[:16]
    return found
