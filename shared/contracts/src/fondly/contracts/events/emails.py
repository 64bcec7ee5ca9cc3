"""What happens to one email, once it is finished."""

from typing import Literal

from fondly.contracts.events.envelope import EventData


class EmailData(EventData):
    """An event about a customer's email."""

    customer_id: str
    variant: str = ""
    """Of the subject line, where a shop compares some."""

    @property
    def cause(self) -> str:
        """The customer id."""
        return self.customer_id


class EmailFinished(EmailData):
    """One email is rendered, checked and stored under `key` in the data bucket."""

    type = "fondly.email-finished.v1"
    topic = "email-finished"
    key: str
    template_copy: bool
    """True if the email has template copy, because the model's broke the rules twice."""
    language: str | None = None
    """The customer's, as in `Customer`."""
    time_zone: str | None = None
    """The customer's, as in `Customer`."""


class EmailSent(EmailData):
    """A mail server, or Amazon SES, has accepted a customer's email."""

    type = "fondly.email-sent.v1"
    topic = "email-sent"
    transport: str
    provider_id: str = ""
    """What the provider calls the email, as its bounces and complaints do."""


class EmailSuppressed(EmailData):
    """A customer's email is not handed over, or not again.

    `reason` is one of `fondly.contracts.delivery.NotSent`, or `refused` if the provider refused it for good,
    or `in_doubt` if nobody knows whether it was accepted.
    """

    type = "fondly.email-suppressed.v1"
    topic = "email-suppressed"
    reason: str


class EmailBounced(EmailData):
    """A mailbox provider has returned a delivered email, or its reader has complained about it."""

    type = "fondly.email-bounced.v1"
    topic = "email-bounced"
    kind: Literal["hard", "soft", "complaint"]
    feedback_id: str
    """The provider's name of the report."""

    @property
    def cause(self) -> str:
        """The customer and the report."""
        return f"{self.customer_id}-{self.feedback_id}"
