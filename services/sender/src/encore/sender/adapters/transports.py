"""The transport that the settings ask for, with the rate that it allows and what it costs."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from encore.runtime.retry import NO_SDK_RETRIES
from encore.sender.adapters.dkim import REPLACED_BY_SES, DkimSigner
from encore.sender.adapters.no_transport import NoTransport
from encore.sender.adapters.ses import SesTransport, ses_rate
from encore.sender.adapters.smtp import SmtpTransport
from encore.sender.adapters.smtp_session import MailServer
from encore.sender.ports import Transport, UnusableError
from encore.sender.settings import SenderSettings, TransportKind

UNLIMITED_PER_S = 1_000.0
"""More than one mail server takes: its replies and connections are the limit."""
SES_UNITS = {"ses.emails": 1}
SES_BY_SMTP = "email-smtp."
"""What the names of Amazon SES's mail servers begin with."""


@dataclass(frozen=True)
class OpenTransport:
    """A transport that is ready."""

    transport: Transport
    quota: str
    """The name under which all tasks share the rate."""
    per_s: float
    """Emails a second that the provider allows, of all tasks together."""
    units: Mapping[str, int] = field(default_factory=dict)
    """What the provider charges for one email."""


class Opening(Protocol):
    """What a transport needs to be opened; see `encore.runtime.service.Runtime`."""

    @property
    def settings(self) -> SenderSettings: ...  # noqa: D102 - described there
    @property
    def new_client(self) -> Callable[..., Awaitable[Any]]: ...  # noqa: D102 - as above
    @property
    def enter(self) -> Callable[[AbstractAsyncContextManager[Any]], Awaitable[Any]]: ...  # noqa: D102 - as above


async def open_transport(opening: Opening) -> OpenTransport:
    """Open the transport of the settings; it is closed with what `opening` closes.

    Raises `UnusableError` if SES lets the account send nothing, `DkimKeyError` for a key that cannot be used,
    and the SDK's errors when SES does not say what the account may send.
    """
    settings = opening.settings
    match settings.sender_transport:
        case TransportKind.SES:
            return await _ses(opening)
        case TransportKind.SMTP:
            transport = await opening.enter(smtp_transport(settings))
            return OpenTransport(transport, "smtp", settings.sender_per_s or UNLIMITED_PER_S)
        case TransportKind.NONE:
            return OpenTransport(NoTransport(), "none", UNLIMITED_PER_S)


async def _ses(opening: Opening) -> OpenTransport:
    settings = opening.settings
    ses = await opening.new_client("sesv2", retries=NO_SDK_RETRIES)
    per_s = settings.sender_per_s or await ses_rate(ses)
    if per_s <= 0:
        raise UnusableError("SES lets this account send no emails in this region")
    transport = SesTransport(ses, configuration_set=settings.sender_configuration_set)
    return OpenTransport(transport, "ses", per_s, SES_UNITS)


def smtp_transport(settings: SenderSettings) -> SmtpTransport:
    """Return the transport to the mail server of the settings, without a connection as yet."""
    password = settings.sender_smtp_password
    server = MailServer(
        host=settings.sender_smtp_host,
        port=settings.sender_smtp_port,
        security=settings.sender_smtp_security,
        user=settings.sender_smtp_user,
        password=password.get_secret_value() if password else None,
        timeout_s=settings.sender_smtp_timeout_s,
    )
    signer = _signer(settings)
    return SmtpTransport(
        server,
        connections=settings.sender_smtp_connections,
        bounce_address=settings.sender_bounce_address,
        sign=signer.sign if signer else None,
    )


def _signer(settings: SenderSettings) -> DkimSigner | None:
    key, selector = settings.sender_dkim_key, settings.sender_dkim_selector
    if key is None or selector is None:
        return None
    by_ses = settings.sender_smtp_host.startswith(SES_BY_SMTP)
    return DkimSigner(key.get_secret_value(), selector, except_for=REPLACED_BY_SES if by_ses else ())
