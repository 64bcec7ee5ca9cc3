"""The sender's settings. By default nobody is written to, and a person has to approve every run."""

from datetime import time
from enum import StrEnum
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from fondly.runtime.settings import ConsentTables, FrequencyCap, ProcessSettings, ServiceSettings, WebSettings
from fondly.sender.domain.fitness import is_plain
from fondly.sender.domain.mailbox_url import MailboxUrl


class TransportKind(StrEnum):
    """How emails are handed over."""

    NONE = "none"
    """No email is handed over: finished emails stay where they are."""
    SMTP = "smtp"
    SES = "ses"


class Approval(StrEnum):
    """Whether a person has to approve a run before it is delivered."""

    REQUIRED = "required"
    TWO = "two"
    """Two people, one after the other, of the same."""
    AUTOMATIC = "automatic"


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """Without protection, for a server on this machine."""


_zones = cache(available_timezones)
"""It reads a folder of hundreds of files, and consoles read these settings at every page."""


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"found {name!r}, expected a name of the IANA time zone database")
    return name


def _mailbox_url(text: str) -> str:
    MailboxUrl.parse(text)
    return text


def _plain_address(text: str) -> str:
    if not is_plain(text):
        raise ValueError(f"found {text!r}, expected one address, such as bounces@shop.example")
    return text


MailboxSetting = Annotated[str, AfterValidator(_mailbox_url)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


class SenderSettings(ServiceSettings, ConsentTables, FrequencyCap):
    """Read from `FONDLY_*`; resource names come from the provisioner or Terraform."""

    sender_queue_url: str
    dispatches_table: str
    email_sent_topic_arn: str
    email_suppressed_topic_arn: str

    sender_transport: TransportKind = TransportKind.NONE
    """How finished emails are delivered."""
    sender_approval: Approval = Approval.REQUIRED
    """How many people approve a run before it is delivered."""
    sender_per_s: Annotated[float, Field(gt=0)] | None = None
    """Emails a second that all tasks together hand over; with SES, by default what the account may send."""
    sender_per_hour: Annotated[int, Field(ge=1)] | None = None
    """Emails an hour of each run at most; an approval may set another."""
    sender_quiet_from: time | None = None
    """The time of the customer's day, such as 21:00, from which on nothing is sent."""
    sender_quiet_until: time | None = None
    """When the quiet hours end."""
    sender_time_zone: TimeZone = "UTC"
    """The time zone of customers whose own is not known."""
    sender_without_address: bool = False
    """Hand over emails of customers without an address too, to `customers.invalid`: for a trial with a mail
    server that keeps everything, such as Mailpit."""
    sender_parallel: Annotated[int, Field(ge=1, le=500)] = 32
    """Emails that one process hands over at a time."""
    sender_poll_interval_s: Annotated[int, Field(ge=1, le=900)] = 60
    """How often to look at a delivery that waits."""
    sender_tries: Annotated[int, Field(ge=1, le=100)] = 8
    """How often to try an email that the provider does not accept for now."""
    sender_retry_s: Annotated[int, Field(ge=1)] = 900
    """How long such an email waits at least."""

    sender_smtp_host: str = "127.0.0.1"
    """The mail server."""
    sender_smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    """Its port."""
    sender_smtp_security: Security = Security.STARTTLS
    """How the connection is encrypted; `none` only for a server on this machine."""
    sender_smtp_user: str | None = None
    """Who signs in at the mail server, if it asks."""
    sender_smtp_password: SecretStr | None = None
    """Their password."""
    sender_smtp_connections: Annotated[int, Field(ge=1, le=100)] = 4
    """Connections to the mail server at a time."""
    sender_smtp_timeout_s: Annotated[float, Field(gt=0)] = 60.0
    """How long it may take to answer."""
    sender_bounce_address: Annotated[str, AfterValidator(_plain_address)] | None = None
    """Where mail servers return what they cannot deliver; the sender's own address by default."""
    sender_dkim_key: SecretStr | None = None
    """The private key, in PEM, that signs emails over SMTP; SES signs by itself."""
    sender_dkim_selector: str | None = None
    """The selector of the key that signs emails, as the domain's DNS has it."""

    sender_configuration_set: str | None = None
    """SES's, whose event destination reports bounces and complaints."""

    @property
    def quiet(self) -> tuple[time, time] | None:
        """From when until when nothing is sent, by the customer's clock."""
        if self.sender_quiet_from is None or self.sender_quiet_until is None:
            return None
        return self.sender_quiet_from, self.sender_quiet_until

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of customers whose own is not known."""
        return ZoneInfo(self.sender_time_zone)

    @model_validator(mode="after")
    def _quiet_hours_are_two(self) -> Self:
        if (self.sender_quiet_from is None) != (self.sender_quiet_until is None):
            raise ValueError("sender_quiet_from and sender_quiet_until must be set together")
        if self.quiet and self.sender_quiet_from == self.sender_quiet_until:
            raise ValueError("sender_quiet_from and sender_quiet_until are equal: nothing would ever be sent")
        return self

    @model_validator(mode="after")
    def _nobody_is_reached_by_smtp_alone(self) -> Self:
        if self.sender_without_address and self.sender_transport is TransportKind.SES:
            raise ValueError(
                "sender_without_address is for trials by smtp: SES would count every email as bounced"
            )
        return self

    @model_validator(mode="after")
    def _dkim_is_whole(self) -> Self:
        if (self.sender_dkim_key is None) != (self.sender_dkim_selector is None):
            raise ValueError("sender_dkim_key and sender_dkim_selector must be set together")
        return self

    @model_validator(mode="after")
    def _password_is_protected(self) -> Self:
        if self.sender_smtp_password and self.sender_smtp_security is Security.NONE:
            raise ValueError("sender_smtp_password would be sent in the clear: set sender_smtp_security")
        return self


class UnsubscribeKeys(ProcessSettings):
    """What signs unsubscribe links, and whatever did before: links of last year's emails have to work."""

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    mailer_unsubscribe_key: SecretStr | None = None
    """Signs the links of emails that are made now; the mailer's own setting."""
    sender_unsubscribe_keys: Annotated[dict[str, SecretStr], Field(default_factory=dict)]
    """Keys that signed links before, by any name, such as `FONDLY_SENDER_UNSUBSCRIBE_KEYS__2025`."""

    @property
    def unsubscribe_keys(self) -> tuple[bytes, ...]:
        """The keys, each once, the present one first."""
        present = [self.mailer_unsubscribe_key] if self.mailer_unsubscribe_key else []
        given = (each.get_secret_value() for each in (*present, *self.sender_unsubscribe_keys.values()))
        return tuple(dict.fromkeys(each.encode() for each in given if each))


class FeedbackSettings(ServiceSettings, ConsentTables, UnsubscribeKeys):
    """Settings of the process that reads unsubscribe requests, bounces and complaints."""

    feedback_queue_url: str
    dispatches_table: str
    customers_table: str
    email_sent_topic_arn: str
    email_bounced_topic_arn: str
    sender_soft_bounces: Annotated[int, Field(ge=1)] = 3
    """How many soft bounces in a row end the writing to an address."""
    sender_complaint_rate: Annotated[float, Field(gt=0, le=1)] = 0.001
    """The share of a run's readers who may complain; a larger one pauses its delivery."""
    sender_complaints_from: Annotated[int, Field(ge=1)] = 3
    """The fewest complaints that pause a delivery: a single reader cannot."""
    sender_mailbox: MailboxSetting | None = None
    """The mailbox where replies and reports arrive by mail, such as `imaps://user@host/folder`; every mail of
    the folder is moved to another one. Without it none is read."""
    sender_mailbox_password: SecretStr | None = None
    """The mailbox's password."""
    sender_mailbox_interval_s: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    """How often to look into the mailbox."""

    @property
    def mailbox(self) -> MailboxUrl | None:
        """The mailbox."""
        return MailboxUrl.parse(self.sender_mailbox) if self.sender_mailbox else None

    @model_validator(mode="after")
    def _mailbox_is_whole(self) -> Self:
        if (self.sender_mailbox is None) != (self.sender_mailbox_password is None):
            raise ValueError("sender_mailbox and sender_mailbox_password must be set together")
        if self.sender_mailbox and not self.unsubscribe_keys:
            raise ValueError(
                "sender_mailbox without mailer_unsubscribe_key: no mail could prove who has sent it"
            )
        return self


class SenderWebSettings(WebSettings, UnsubscribeKeys):
    """Settings of the process that shows the pages to unsubscribe and takes providers' one-click requests."""

    feedback_queue_url: str
    mailer_brand_name: str = "Fondly Shop"
    """Whose emails they are; the mailer's own setting."""
    mailer_locale: str = "en_IN"
    """The pages are in its language if it is German, else in English; the mailer's own setting."""
    sender_topics: str = ""
    """The departments that customers may want nothing of, separated by `|`: first names of categories."""
    sender_web_clicks: bool = False
    """Whether clicks are counted on their way to the shop; the mailer's links lead here if it is told so."""
    sender_web_host: str = "127.0.0.1"
    """The address to listen on; behind a proxy that ends TLS, any."""
    sender_web_port: Annotated[int, Field(ge=0, le=65535)] = 8091
    """The port to listen on; 0 is any free port, which the log tells."""
    sender_web_requests_per_s: Annotated[float, Field(gt=0)] = 200.0
    """Requests a second of all callers together; more are refused."""
    sender_web_caller_requests_per_s: Annotated[float, Field(gt=0)] = 50.0
    """Requests a second of one address; mailbox providers send the clicks of many from few."""
    sender_web_request_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long any request may take."""
    sender_web_linger_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    """For how long after SIGTERM new requests are still answered, until a load balancer sends none."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The departments, each once."""
        given = (each.strip() for each in self.sender_topics.split("|"))
        return tuple(dict.fromkeys(each for each in given if each))

    @model_validator(mode="after")
    def _can_tell_who_asks(self) -> Self:
        if not self.unsubscribe_keys:
            raise ValueError("found no mailer_unsubscribe_key, expected the one that signs the emails' links")
        return self
