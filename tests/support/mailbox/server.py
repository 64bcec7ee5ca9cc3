"""Receives emails by SMTP, and does to them what `Faults` says."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from ssl import SSLContext
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.mailbox.faults import Fault, Faults
from tests.support.mailbox.store import Mailbox

OK = "250 2.0.0 Ok"
REPLIES = {Fault.LATER: "451 4.3.0 Try again later", Fault.REFUSED: "550 5.1.1 No such user here"}
MAX_BYTES = 25 * 1024 * 1024
START_S = 10.0


class Handler:
    """What aiosmtpd calls for every recipient and every message."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self.faults = faults

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Draw what happens to this delivery, and refuse the recipient if it is that."""
        del session, options
        fault = self.faults.next(address)
        if fault is Fault.DROP_BEFORE:
            _drop(server)
        if fault in REPLIES:
            return REPLIES[fault]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.append(fault or "")
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep the message for each recipient, or drop the connection."""
        del session
        if self.faults.slow_s:
            await asyncio.sleep(self.faults.slow_s)
        [*found] = envelope.rcpt_options
        if Fault.DROP_AFTER in found:
            _drop(server)
        content = envelope.original_content
        assert content is not None
        kept = [
            self._mailbox.add(envelope.mail_from or "", recipient, content) for recipient in envelope.rcpt_tos
        ]
        if Fault.ACCEPT_THEN_DIE in found:
            _drop(server)
        return f"{OK}: queued as {kept[-1].number}"


def _drop(server: SMTP) -> None:
    """Close the connection without a word; aiosmtpd takes this error for a client that has gone."""
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    raise asyncio.CancelledError


def smtp_protocol(
    handler: Handler,
    *,
    tls: SSLContext | None = None,
    require_tls: bool = False,
    password: str | None = None,
) -> Callable[[], SMTP]:
    """Return what makes the protocol of a connection; with a password, everybody has to log in with it."""

    def authenticate(*call: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd passes server, session and more
        given = call[-1]
        right = isinstance(given, LoginPassword) and given.password.decode() == password
        return AuthResult(success=right, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname="mailbox.localhost",
            data_size_limit=MAX_BYTES,
            tls_context=tls,
            require_starttls=require_tls,
            auth_required=password is not None,
            authenticator=authenticate if password is not None else None,
            loop=asyncio.get_running_loop(),
        )

    return protocol


class MailboxServer:
    """A mail server in a thread of its own, on a free port of the loopback address, as a context manager."""

    def __init__(
        self,
        mailbox: Mailbox | None = None,
        *,
        faults: Faults | None = None,
        port: int = 0,
        tls: SSLContext | None = None,
        implicit_tls: bool = False,
        require_tls: bool = False,
        password: str | None = None,
    ) -> None:
        self.host, self.port = "127.0.0.1", port
        self.mailbox = mailbox or Mailbox()
        self._handler = Handler(self.mailbox, faults or Faults())
        self._tls = tls if implicit_tls else None
        self._protocol = smtp_protocol(
            self._handler, tls=None if implicit_tls else tls, require_tls=require_tls, password=password
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def faults(self) -> Faults:
        """What goes wrong from now on."""
        return self._handler.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._handler.faults = faults

    def drop_connections(self) -> None:
        """Close every connection, as a server does with those that are idle for long."""
        self._wait_for(self._drop_all())

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait_for(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._wait_for(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)

    async def _start(self) -> None:
        self._server = await self._loop.create_server(self._protocol, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _drop_all(self) -> None:
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._drop_all()
