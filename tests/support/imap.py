"""A mailbox that is read by IMAP: pymap, an independent server, on loopback and in memory."""

import asyncio
import imaplib
import ssl
import threading
from argparse import Namespace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPServer

if TYPE_CHECKING:
    from collections.abc import Callable

START_S = 10.0
HOST = "127.0.0.1"


class ImapServer:
    """A server with one mailbox in a thread of its own, as a context manager."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.user, self.password = "replies@shop.example", "opens the mailbox"
        self.port = 0
        self._tls = tls
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(START_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._thread.join(START_S)

    @property
    def url(self) -> str:
        """The address as the setting has it."""
        scheme = "imaps" if self._tls else "imap"
        return f"{scheme}://{self.user.replace('@', '%40')}@{HOST}:{self.port}"

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the mailbox, as the mail server in front of it would."""
        with self._client() as client:
            for mail in mails:
                status, _ = client.append("INBOX", "", "", mail)
                assert status == "OK"

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder; none if there is no such folder."""
        with self._client() as client:
            status, _ = client.select(folder, readonly=True)
            if status != "OK":
                return []
            _, [found] = client.search(None, "ALL")
            fetched = [client.fetch(each, "(BODY.PEEK[])")[1] for each in found.split()]
            return [bytes(part[1]) for answer in fetched for part in answer if isinstance(part, tuple)]

    def seen(self) -> int:
        """How many mails of the mailbox somebody has read."""
        with self._client() as client:
            client.select("INBOX", readonly=True)
            return len(client.search(None, "SEEN")[1][0].split())

    def _client(self) -> imaplib.IMAP4:
        if self._tls:
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(HOST, self.port, ssl_context=trusting)
        else:
            client = imaplib.IMAP4(HOST, self.port)
        client.login(self.user, self.password)
        return client

    async def _serve(self) -> None:
        arguments = Namespace(
            host=HOST,
            port="0",
            cert=None,
            key=None,
            tls=False,
            debug=False,
            proxy_protocol=None,
            passlib_cfg=None,
            demo_data=False,
            demo_user=self.user,
            demo_password=self.password,
        )
        backend, config = await DictBackend.init(arguments)
        assert isinstance(config, Config)
        config.apply_context()
        proxied = ProxyProtocolReader(ProxyProtocolVersion.get("noop"))
        mailbox, connections = IMAPServer(backend.login, config), set[object]()

        async def connected(*of: Any) -> None:  # noqa: ANN401 - as `IMAPServer`
            connections.add(asyncio.current_task())  # which nobody else holds: it would be collected
            await mailbox(*of)

        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        server = await asyncio.start_server(proxied.get_callback(connected), HOST, 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await stopping.wait()
        server.close()  # without waiting for connections that nobody closes: `run` cancels them
