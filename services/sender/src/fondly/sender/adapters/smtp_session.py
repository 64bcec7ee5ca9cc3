"""One connection to a mail server, over which emails are handed over one after another.

The library's `data` does not tell a connection that is lost before the message was sent from one that is lost
after it, so the message is written here, and all that goes wrong afterwards leaves it in doubt.
"""

import ssl
from dataclasses import dataclass, field
from socket import gethostname
from typing import Self

from aiosmtplib import (
    SMTP,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from fondly.sender.adapters.smtp_replies import Step, refusal
from fondly.sender.domain.said import said
from fondly.sender.ports import DeferredError, InDoubtError, UnusableError
from fondly.sender.settings import Security

LAST_REPLY = 10
"""How much longer than for other replies it waits for the last one, as RFC 5321, 4.5.3.2.6 asks: scanning for
viruses and spam takes its time, and giving up early leaves an email in doubt."""
COMPLETED, FORWARDED, START_INPUT, CLOSING = 250, 251, 354, 421
_ACCEPTED, _REFUSALS = range(200, 300), range(400, 600)


class LostError(DeferredError):
    """The connection was lost before the message was sent: over a new one it may be tried at once."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where emails are handed over, and how the connection is protected."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_s: float = 60.0
    """For a connection and for each reply but the last, which may take ten times as long."""
    tls: ssl.SSLContext | None = None
    """Certificate authorities to trust other than those of the system."""


class SmtpSession:
    """A connection that is logged in; a session is for one email at a time."""

    def __init__(self, client: SMTP, *, last_reply_s: float) -> None:
        self._client = client
        self._last_reply_s = last_reply_s
        self._in_transaction = False

    @classmethod
    async def open(cls, server: MailServer) -> Self:
        """Connect and log in; raise `DeferredError`, or `UnusableError` if that cannot work as it is set."""
        client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_s,
            local_hostname=_own_name(),
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            username=server.user,
            password=server.password,
            tls_context=server.tls,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except (SMTPException, OSError) as error:
            client.close()
            raise _not_connected(error) from error
        return cls(client, last_reply_s=server.timeout_s * LAST_REPLY)

    @property
    def is_open(self) -> bool:
        """Whether it can be used for another email, as far as is known."""
        return self._client.is_connected

    async def hand_over(self, sender: str, recipient: str, content: bytes) -> str:
        """Return the server's words of acceptance; raise `refusal`'s, `LostError` or `InDoubtError`."""
        try:
            await self._announce(sender, recipient, len(content))
        except SMTPResponseException as error:
            self.close()  # what was read is no reply
            raise _refused(Step.DATA, error.code, error.message) from error
        except (SMTPException, OSError) as error:
            self.close()
            raise LostError(f"the connection was lost before the message: {said(str(error))}") from error
        return await self._transmit(content)

    def close(self) -> None:
        """Close the connection at once."""
        self._client.close()

    async def quit(self) -> None:
        """Take leave of the server and close the connection."""
        try:
            await self._client.quit(timeout=1)
        except (SMTPException, OSError):
            self.close()

    async def _announce(self, sender: str, recipient: str, size: int) -> None:
        """Ask the server to take a message, up to its go-ahead."""
        if self._in_transaction and (reply := await self._client.execute_command(b"RSET")).code != COMPLETED:
            raise SMTPServerDisconnected(f"RSET: {reply.code}")
        self._in_transaction = True
        options = [b"SIZE=%d" % size] if self._client.supports_extension("size") else []
        for step, expected, words in (
            (Step.MAIL, {COMPLETED}, (b"MAIL", b"FROM:<%b>" % sender.encode("ascii"), *options)),
            (Step.RCPT, {COMPLETED, FORWARDED}, (b"RCPT", b"TO:<%b>" % recipient.encode("ascii"))),
            (Step.DATA, {START_INPUT}, (b"DATA",)),
        ):
            reply = await self._client.execute_command(*words)
            if reply.code not in expected:
                if reply.code not in _REFUSALS:
                    self.close()  # what comes next could be taken for another reply
                raise _refused(step, reply.code, reply.message)

    async def _transmit(self, content: bytes) -> str:
        """Send the message, whose lines end in CRLF; return the server's last reply."""
        protocol = self._client.protocol
        message = _dotted(content) + b".\r\n"
        try:
            if protocol is None:
                raise SMTPServerDisconnected("Connection lost")  # noqa: TRY301 - the same as when writing
            protocol.write(message)
        except SMTPServerDisconnected as error:
            self.close()
            raise LostError("the connection was lost before the message") from error
        try:
            code, text = await protocol.read_response(timeout=self._last_reply_s)
        except (SMTPException, OSError) as error:
            self.close()
            raise InDoubtError(f"no reply to the message: {said(str(error))}") from error
        except BaseException:
            self.close()  # cancelled: a later reply would be taken for another email's
            raise
        self._in_transaction = False
        if code == CLOSING:
            self.close()
        if code not in _ACCEPTED:
            raise refusal(Step.MESSAGE, code, text)
        return text


def _dotted(content: bytes) -> bytes:
    """Return a message with another dot before each line that begins with one (RFC 5321, 4.5.2)."""
    doubled = content.replace(b"\n.", b"\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _own_name() -> str:
    """The name to greet with; a machine without a full one says where it is (RFC 5321, 4.1.4)."""
    name = gethostname()
    return name if "." in name.strip(".") else "[127.0.0.1]"


def _refused(step: Step, code: int, text: str) -> Exception:
    return LostError(f"{step}: {code} {said(text)}") if code == CLOSING else refusal(step, code, text)


def _not_connected(error: Exception) -> Exception:
    """Return what says why there is no session: for now, or until somebody mends it."""
    if isinstance(error, SMTPResponseException):
        return refusal(_step_of(error), error.code, error.message)
    reason = f"no connection: {said(str(error))}"
    return UnusableError(reason) if _is_of_the_setting(error) else DeferredError(reason)


def _is_of_the_setting(error: Exception) -> bool:
    """Whether no connection can work: the server offers no encryption or login, or nobody vouches for it."""
    if isinstance(error, SMTPNotSupported) or type(error) is SMTPException:
        return True  # the library has no other name for a missing extension
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in (error, error.__cause__))


def _step_of(error: SMTPResponseException) -> Step:
    if isinstance(error, SMTPConnectResponseError):
        return Step.GREETING
    return Step.EHLO if isinstance(error, SMTPHeloError) else Step.AUTH
