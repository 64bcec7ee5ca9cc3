"""Opens the transport that the settings name, with the rate that its provider allows."""

from collections.abc import Mapping
from dataclasses import dataclass

from encore.runtime.retry import NO_SDK_RETRIES
from encore.runtime.service import Runtime
from encore.sender.adapters.ses import SesTransport, ses_quota
from encore.sender.adapters.smtp import SmtpTransport
from encore.sender.adapters.smtp_session import MailServer
from encore.sender.ports import Transport
from encore.sender.settings import SenderSettings, TransportKind

SMTP_PER_S = 50.0
"""What a mail server is asked to take unless the settings say otherwise."""
SES_UNITS: Mapping[str, int] = {"ses.emails": 1}


@dataclass(frozen=True)
class OpenTransport:
    """A transport that is ready, and what is known of its provider."""

    transport: Transport
    per_s: float
    """Emails a second that all tasks together may hand over."""
    quota: str
    """Names the rate that they share."""
    units: Mapping[str, int]
    """What the provider charges for one email."""


async def open_transport(runtime: Runtime[SenderSettings]) -> OpenTransport:
    """Open the transport, until the service ends; raise the SDK's errors if SES does not answer."""
    settings = runtime.settings
    if settings.sender_transport is TransportKind.SES:
        return await _ses(runtime)
    return OpenTransport(
        transport=await runtime.enter(smtp_transport(settings)),
        per_s=settings.sender_per_s or SMTP_PER_S,
        quota=f"smtp#{settings.sender_smtp_host}",
        units={},
    )


async def _ses(runtime: Runtime[SenderSettings]) -> OpenTransport:
    settings = runtime.settings
    client = await runtime.new_client(
        "sesv2", max_pool_connections=settings.sender_parallel, retries=NO_SDK_RETRIES
    )
    return OpenTransport(
        transport=SesTransport(client, configuration_set=settings.sender_configuration_set),
        per_s=settings.sender_per_s or (await ses_quota(client)).per_s,
        quota="ses",
        units=SES_UNITS,
    )


def smtp_transport(settings: SenderSettings) -> SmtpTransport:
    """Return the transport to the mail server that the settings name; it has no connection yet."""
    password = settings.sender_smtp_password
    return SmtpTransport(
        MailServer(
            host=settings.sender_smtp_host,
            port=settings.sender_smtp_port,
            security=settings.sender_smtp_security,
            user=settings.sender_smtp_user,
            password=password.get_secret_value() if password else None,
            timeout_s=settings.sender_smtp_timeout_s,
        ),
        connections=settings.sender_smtp_connections,
        bounce_address=settings.sender_bounce_address,
    )
