"""Opens the transport that the settings name, with the rate that its provider allows."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.sender.adapters.careful import CarefulTransport
from fondly.sender.adapters.ses import SesTransport, ses_quota
from fondly.sender.adapters.smtp import SmtpTransport
from fondly.sender.adapters.smtp_session import MailServer
from fondly.sender.domain.units import SES_UNITS
from fondly.sender.ports import Outgoing, Transport, UnusableError
from fondly.sender.settings import SenderSettings, TransportKind

if TYPE_CHECKING:
    from fondly.sender.adapters.dkim import DkimSigner


class NoTransport:
    """Hands nothing over."""

    name = TransportKind.NONE.value

    async def send(self, email: Outgoing) -> NoReturn:  # noqa: ARG002 - whatever the email
        """Raise `UnusableError`."""
        raise UnusableError("no transport is set, expected FONDLY_SENDER_TRANSPORT to be smtp or ses")


SMTP_PER_S = 100.0
"""What a mail server is asked to take unless the settings say otherwise."""
RESERVED_PER_CONNECTION = 3
"""One email is being handed over, and the next ones are reserved meanwhile, together. More of them would be
in doubt for nothing if the worker died."""
SES_BY_SMTP = "email-smtp."
"""What the names of Amazon SES's mail servers begin with."""


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
    places: int
    """How many emails are worth reserving at a time: those that the provider takes at once, or very soon."""


class Opening(Protocol):
    """What opens a transport, and closes it at the end; see `fondly.runtime.service.Runtime`."""

    @property
    def settings(self) -> SenderSettings: ...  # noqa: D102 - described there
    @property
    def new_client(self) -> Callable[..., Awaitable[Any]]: ...  # noqa: D102 - as above
    @property
    def enter(self) -> Callable[[AbstractAsyncContextManager[Any]], Awaitable[Any]]: ...  # noqa: D102 - as above


async def open_transport(runtime: Opening) -> OpenTransport:
    """Open the transport; raise `UnusableError`, `DkimKeyError` or the SDK's errors if it cannot be used."""
    settings = runtime.settings
    if settings.sender_transport is TransportKind.SES:
        return await _ses(runtime)
    if settings.sender_transport is TransportKind.NONE:
        return OpenTransport(transport=NoTransport(), per_s=SMTP_PER_S, quota="none", units={}, places=1)
    return OpenTransport(
        transport=CarefulTransport(await runtime.enter(smtp_transport(settings))),
        per_s=settings.sender_per_s or SMTP_PER_S,
        quota=f"smtp#{settings.sender_smtp_host}",
        units={},
        places=RESERVED_PER_CONNECTION * settings.sender_smtp_connections,
    )


async def _ses(runtime: Opening) -> OpenTransport:
    settings = runtime.settings
    client = await runtime.new_client(
        "sesv2", max_pool_connections=settings.sender_parallel, retries=NO_SDK_RETRIES
    )
    per_s = settings.sender_per_s or (await ses_quota(client)).per_s
    if per_s <= 0:
        raise UnusableError("SES lets this account send no emails in this region")
    return OpenTransport(
        transport=CarefulTransport(SesTransport(client, configuration_set=settings.sender_configuration_set)),
        per_s=per_s,
        quota="ses",
        units=SES_UNITS,
        places=settings.sender_parallel,
    )


def smtp_transport(settings: SenderSettings) -> SmtpTransport:
    """Return the transport to the mail server that the settings name; it has no connection yet."""
    password, signer = settings.sender_smtp_password, _signer(settings)
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
        sign=signer.sign if signer else None,
    )


def _signer(settings: SenderSettings) -> "DkimSigner | None":
    key, selector = settings.sender_dkim_key, settings.sender_dkim_selector
    if key is None or selector is None:
        return None
    from fondly.sender.adapters.dkim import REPLACED_BY_SES, DkimSigner  # noqa: PLC0415 - the extra `service`

    by_ses = settings.sender_smtp_host.startswith(SES_BY_SMTP)
    return DkimSigner(key.get_secret_value(), selector, except_for=REPLACED_BY_SES if by_ses else ())
