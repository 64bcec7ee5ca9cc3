"""A mailbox that is read by IMAP: one connection for each look, in a thread of its own.

`imaplib` waits for each answer; a look takes few, and there is one at a time.
Sources: RFC 9051 and RFC 3501 (IMAP), RFC 6851 (`MOVE`), RFC 4315 (`UID EXPUNGE`).
"""

import asyncio
import imaplib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from fondly.sender.domain.mail import MAX_BYTES
from fondly.sender.domain.mailbox_url import MailboxUrl
from fondly.sender.domain.said import said
from fondly.sender.feedback.ports import MailName

TIMEOUT_S = 20.0
"""How long a connection and each answer may take."""
MOST_AT_ONCE = 1_000
"""How many mails a look takes; the next look takes the others."""
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f]")


class MailboxError(Exception):
    """The mailbox cannot be read for now; the message says what the server said, without addresses."""


@dataclass(frozen=True)
class ImapMailbox:
    """A folder of a mail server."""

    url: MailboxUrl
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    """Certificate authorities to trust other than those of the system."""
    timeout_s: float = TIMEOUT_S

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["ImapSession"]:
        """Log in, select the folder, and leave at the end; raise `MailboxError` if that does not work."""
        client = await _in_thread(self._log_in)
        try:
            yield ImapSession(client)
        finally:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # its thread may still wait for an answer
                _drop(client)
            else:
                with suppress(MailboxError):
                    await _in_thread(client.logout)

    def _log_in(self) -> imaplib.IMAP4:
        client = self._connect()
        try:
            client.login(self.url.user, self.password)
            _checked(client.select(_quoted(self.url.folder)))
        except BaseException:
            _drop(client)
            raise
        return client

    def _connect(self) -> imaplib.IMAP4:
        host, port = self.url.host, self.url.port
        if not self.url.is_tls:
            return imaplib.IMAP4(host, port, timeout=self.timeout_s)
        tls = self.tls or ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port, ssl_context=tls, timeout=self.timeout_s)


class ImapSession:
    """A folder that is selected; raises `MailboxError` where the server does not do what it is asked for."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client
        self._mails = _number(client, "EXISTS")
        self._validity = _number(client, "UIDVALIDITY")
        self._made: set[str] = set()

    async def waiting(self) -> list[MailName]:
        """Return the names of at most `MOST_AT_ONCE` mails, oldest first, whether seen or not."""
        [found] = await self._call("SEARCH", f"1:{MOST_AT_ONCE}", "UNDELETED") if self._mails else [b""]
        return [(self._validity, int(each)) for each in (found or b"").split()]

    async def read(self, name: MailName) -> bytes | None:
        """Return the first `MAX_BYTES` of a mail; None if it is gone. It stays unseen."""
        answer = await self._call("FETCH", str(name[1]), f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
        return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)

    async def move(self, name: MailName, folder: str) -> None:
        """Move a mail to a folder, which is made if there is none; nothing if it is gone."""
        uid = name[1]
        await self._make(folder)
        if "MOVE" in self._client.capabilities:
            await self._call("MOVE", str(uid), _quoted(folder))
            return
        await self._call("COPY", str(uid), _quoted(folder))
        await self._call("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._client.capabilities:
            await self._call("EXPUNGE", str(uid))
        else:
            await _in_thread(lambda: _checked(self._client.expunge()))

    async def _make(self, folder: str) -> None:
        if folder not in self._made:
            await _in_thread(lambda: self._client.create(_quoted(folder)))  # NO where there is one
            self._made.add(folder)

    async def _call(self, command: str, *arguments: str) -> list[Any]:
        return list(await _in_thread(lambda: _checked(self._client.uid(command, *arguments))))


def _checked(reply: tuple[str, list[Any]]) -> list[Any]:
    status, answer = reply
    if status != "OK":
        raise imaplib.IMAP4.error(b" ".join(each for each in answer if isinstance(each, bytes)))
    return answer


def _drop(client: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()


def _number(client: imaplib.IMAP4, name: str) -> int:
    """What the server has said of the folder when it was selected, 0 if it has not."""
    [*_, last] = client.response(name)[1] or [None]
    return int(last) if isinstance(last, bytes) and last.isdigit() else 0


async def _in_thread(call: Any) -> Any:  # noqa: ANN401 - of any call
    try:
        return await asyncio.to_thread(call)
    except (imaplib.IMAP4.error, OSError) as error:
        first = error.args[0] if error.args else ""
        text = first.decode("ascii", "replace") if isinstance(first, bytes) else str(error)
        raise MailboxError(f"{type(error).__name__}: {said(text)}") from None


def _quoted(folder: str) -> str:
    plain = _NOT_PLAIN.sub("", folder).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
