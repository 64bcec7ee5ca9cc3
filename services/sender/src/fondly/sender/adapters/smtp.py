"""Hands emails over by SMTP, over connections that are kept."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from fondly.sender.adapters.smtp_replies import accepted
from fondly.sender.adapters.smtp_session import LostError, MailServer, SmtpSession
from fondly.sender.domain.fields import mailbox, read_fields
from fondly.sender.domain.fitness import unfit
from fondly.sender.ports import Accepted, DeferredError, Outgoing, RefusedError, UnusableError
from fondly.sender.settings import TransportKind

MAX_BYTES = 10_000_000
"""What most servers take."""
Sign = Callable[[bytes], bytes]


class SmtpTransport:
    """Hands emails over to one mail server, some at a time; as a context manager it closes connections."""

    name = TransportKind.SMTP.value

    def __init__(
        self,
        server: MailServer,
        *,
        connections: int = 4,
        bounce_address: str | None = None,
        sign: Sign | None = None,
    ) -> None:
        self._server = server
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[SmtpSession] = []
        self._used = 0
        self._freed = asyncio.Event()
        self._bounce_address = bounce_address
        self._sign = sign

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take leave of the server on every connection that is kept."""
        sessions, self._idle = self._idle, []
        await asyncio.gather(*(session.quit() for session in sessions))

    async def send(self, email: Outgoing) -> Accepted:
        """Hand an email over, signed if there is a key; raise the error that says what became of it."""
        if problem := unfit(email.content, address=email.address, max_bytes=MAX_BYTES):
            raise RefusedError(problem)
        fields = {field.name.lower(): field for field in read_fields(email.content)}
        content = self._sign(email.content) if self._sign else email.content
        sender = self._bounce_address or mailbox(fields[b"from"].unfolded)
        async with self._turns:
            text = await self._hand_over(sender, email.address, content)
        return accepted(text, fields[b"message-id"].unfolded.strip("<> "))

    async def _hand_over(self, sender: str, recipient: str, content: bytes) -> str:
        """Try connections that are kept, which may have been closed meanwhile, then a new one."""
        while True:
            while self._idle:
                with suppress(LostError):
                    return await self._over(self._idle.pop(), sender, recipient, content)
            if (session := await self._new_session()) is not None:
                return await self._over(session, sender, recipient, content)

    async def _new_session(self) -> SmtpSession | None:
        """Return a new connection, or None once another one is free: a server may allow fewer than we do."""
        try:
            with self._in_use():
                return await SmtpSession.open(self._server)
        except UnusableError:
            raise
        except DeferredError:
            if not self._idle and not self._used:
                raise
        if not self._idle:
            self._freed.clear()
            await self._freed.wait()
        return None

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Count what may soon be a connection that is free."""
        self._used += 1
        try:
            yield
        finally:
            self._used -= 1
            self._freed.set()

    async def _over(self, session: SmtpSession, sender: str, recipient: str, content: bytes) -> str:
        with self._in_use():
            try:
                return await session.hand_over(sender, recipient, content)
            except asyncio.CancelledError:
                session.close()
                raise
            finally:
                if session.is_open:
                    self._idle.append(session)
