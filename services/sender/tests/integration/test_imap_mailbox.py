"""A mailbox is read by IMAP, from a server that others have written."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fondly.sender.adapters.imap_mailbox import ImapMailbox, MailboxError
from fondly.sender.domain.mail import MAX_BYTES
from fondly.sender.domain.mailbox_url import MailboxUrl
from services.sender.tests.certificates import Certificates, make_certificates
from tests.support.imap import ImapServer

MAILS = [f"Subject: {number}\r\n\r\nHello\r\n".encode() for number in range(3)]


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A mail server on loopback."""
    with ImapServer() as server:
        yield server


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for 127.0.0.1, and contexts of server and client that know it."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


def mailbox(server: ImapServer, *, tls: ssl.SSLContext | None = None, path: str = "") -> ImapMailbox:
    """The mailbox of a server."""
    return ImapMailbox(MailboxUrl.parse(f"{server.url}{path}"), server.password, tls)


async def test_mails_are_read_in_order_and_moved(server: ImapServer) -> None:
    """Into folders that are made when they are needed; what was seen by somebody is read as well."""
    server.deliver(*MAILS)
    async with mailbox(server).opened() as opened:
        names = await opened.waiting()
        assert [await opened.read(name) for name in names] == MAILS
        await opened.move(names[0], "fondly-read")
        await opened.move(names[2], "fondly-left")
        assert await opened.waiting() == [names[1]]
    assert server.mails() == [MAILS[1]]
    assert server.seen() == 0
    assert (server.mails("fondly-read"), server.mails("fondly-left")) == ([MAILS[0]], [MAILS[2]])
    async with mailbox(server).opened() as again:  # the folder is there already
        [name] = await again.waiting()
        await again.move(name, "fondly-read")
    assert server.mails("fondly-read") == [MAILS[0], MAILS[1]]


async def test_what_is_gone_is_no_failure(server: ImapServer) -> None:
    """Two tasks may read one mailbox."""
    server.deliver(*MAILS)
    async with mailbox(server).opened() as first, mailbox(server).opened() as second:
        names = await first.waiting()
        await second.move(names[0], "fondly-read")
        await first.move(names[0], "fondly-read")
        await second.waiting()
        assert await second.read(names[0]) is None
    assert len(server.mails("fondly-read")) == 1


async def test_a_server_without_move_is_told_to_copy_and_delete(server: ImapServer) -> None:
    """RFC 3501 alone has no such command."""
    server.deliver(*MAILS)
    async with mailbox(server).opened() as opened:
        names = await opened.waiting()
        for capabilities in (("IMAP4REV1", "UIDPLUS"), ("IMAP4REV1",)):
            opened._client.capabilities = capabilities  # as another server's
            await opened.move(names.pop(0), "fondly-read")
        assert await opened.waiting() == names
    assert server.mails() == [MAILS[2]]
    assert server.mails("fondly-read") == MAILS[:2]


async def test_an_empty_mailbox_and_its_folders(server: ImapServer) -> None:
    """The folder is a part of the address."""
    async with mailbox(server).opened() as opened:
        assert await opened.waiting() == []
    server.deliver(*MAILS)
    async with mailbox(server).opened() as opened:
        for name in await opened.waiting():
            await opened.move(name, 'odd "folder"')
    async with mailbox(server, path="/odd%20%22folder%22").opened() as opened:
        assert len(await opened.waiting()) == len(MAILS)


async def test_only_the_beginning_of_a_large_mail_is_fetched(server: ImapServer) -> None:
    """Whoever sends large mails fills the mailbox, not our memory."""
    large = b"Subject: large\r\n\r\n" + b"x" * 100 * 1_024 * 9
    server.deliver(large)
    async with mailbox(server).opened() as opened:
        [name] = await opened.waiting()
        assert await opened.read(name) == large[:MAX_BYTES]


async def test_tls_is_checked(certificates: Certificates) -> None:
    """A certificate that the system does not trust ends it before the password is sent."""
    with ImapServer(tls=certificates.server) as server:
        server.deliver(*MAILS)
        async with mailbox(server, tls=certificates.client).opened() as opened:
            assert len(await opened.waiting()) == len(MAILS)
        with pytest.raises(MailboxError, match="certificate"):
            async with mailbox(server).opened():
                pass


async def test_what_goes_wrong_is_one_error_without_secrets(server: ImapServer) -> None:
    """A wrong password, no such folder, nobody who listens."""
    wrong = replace(mailbox(server), password="guessed")
    with pytest.raises(MailboxError) as refused:
        async with wrong.opened():
            pass
    with pytest.raises(MailboxError):
        async with mailbox(server, path="/nowhere").opened():
            pass
    closed = replace(mailbox(server), url=replace(mailbox(server).url, port=1))
    with pytest.raises(MailboxError, match="ConnectionRefusedError"):
        async with closed.opened():
            pass
    for text in (str(refused.value), repr(wrong), repr(mailbox(server))):
        assert "guessed" not in text
        assert server.password not in text
    assert "@" not in str(refused.value)


async def test_a_look_may_be_broken_off(server: ImapServer) -> None:
    """A service that is stopped waits for no mail server."""
    entered = asyncio.Event()

    async def look() -> None:
        async with mailbox(server).opened():
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(look())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
