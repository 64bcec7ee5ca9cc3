"""Emails are handed over to a real mail server, and it is known exactly what became of each."""

import asyncio
import ssl
from collections.abc import Iterator

import pytest

from fondly.sender.adapters.smtp import SmtpTransport
from fondly.sender.adapters.smtp_session import MailServer, SmtpSession
from fondly.sender.ports import DeferredError, InDoubtError, RefusedError, UnusableError
from fondly.sender.settings import Security
from services.sender.tests.certificates import Certificates, make_certificates
from services.sender.tests.messages import ADDRESS, message, outgoing
from tests.support.mailbox import Faults, MailboxServer


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    """A mail server on loopback."""
    with MailboxServer() as server:
        yield server


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for 127.0.0.1, and contexts of server and client that know it."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


def _plain(server: MailboxServer, *, timeout_s: float = 10.0) -> MailServer:
    return MailServer(host=server.host, port=server.port, security=Security.NONE, timeout_s=timeout_s)


async def test_email_arrives_byte_by_byte(server: MailboxServer) -> None:
    """Not even a line that begins with a dot changes on the way."""
    async with SmtpTransport(_plain(server)) as transport:
        accepted = await transport.send(outgoing())
    [received] = server.mailbox.messages
    assert server.mailbox.content(received.number) == message()
    assert (received.sender, received.recipient) == ("hello@shop.example", ADDRESS)
    assert received.defect == ""
    assert accepted.provider_id == "1"


async def test_bounces_go_to_their_own_address(server: MailboxServer) -> None:
    """Mail servers return to the envelope's sender what they cannot deliver."""
    async with SmtpTransport(_plain(server), bounce_address="bounces@shop.example") as transport:
        await transport.send(outgoing())
    assert server.mailbox.messages[0].sender == "bounces@shop.example"


async def test_connections_are_kept_and_few(server: MailboxServer) -> None:
    """However many emails are under way, no more connections are open than are allowed."""
    async with SmtpTransport(_plain(server), connections=3) as transport:
        await asyncio.gather(*(transport.send(outgoing(f"m{n}")) for n in range(40)))
        assert 1 <= len(transport._idle) <= 3
    assert len(server.mailbox.counts()) == len(server.mailbox.messages) == 40


async def test_server_that_allows_fewer_connections_gets_every_email(
    server: MailboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finds no connection waits for one that is in use; it is not put off."""
    usual, opened = SmtpSession.open, 0

    async def only_two(where: MailServer) -> SmtpSession:
        nonlocal opened
        opened += 1
        if opened > 2:
            raise DeferredError("greeting: 421 too many connections")
        return await usual(where)

    monkeypatch.setattr(SmtpSession, "open", only_two)
    async with SmtpTransport(_plain(server), connections=8) as transport:
        await asyncio.gather(*(transport.send(outgoing(f"m{n}")) for n in range(30)))
    assert len(server.mailbox.counts()) == len(server.mailbox.messages) == 30


async def test_connection_that_was_closed_meanwhile_is_replaced(server: MailboxServer) -> None:
    """Servers close idle connections; the next email goes over a new one, once."""
    async with SmtpTransport(_plain(server)) as transport:
        await transport.send(outgoing("one"))
        server.drop_connections()
        await transport.send(outgoing("two"))
    assert [each.message_id for each in server.mailbox.messages] == ["one@shop.example", "two@shop.example"]


@pytest.mark.parametrize(
    ("faults", "kind", "kept"),
    [
        (Faults(later=1), DeferredError, 0),
        (Faults(refused=1), RefusedError, 0),
        (Faults(drop_before=1), DeferredError, 0),
        (Faults(drop_after=1), InDoubtError, 0),
        (Faults(accept_then_die=1), InDoubtError, 1),
    ],
)
async def test_fault_leaves_nothing_unclear(
    server: MailboxServer, faults: Faults, kind: type[Exception], kept: int
) -> None:
    """What was surely not accepted may be tried again; what may have been is in doubt, and is tried once."""
    server.faults = faults
    async with SmtpTransport(_plain(server)) as transport:
        with pytest.raises(kind) as raised:
            await transport.send(outgoing())
        assert type(raised.value) is not UnusableError
        assert len(server.mailbox.messages) == kept
        server.faults = Faults()
        await transport.send(outgoing("next"))
    assert server.mailbox.messages[-1].message_id == "next@shop.example"


async def test_missing_mailbox_is_a_bad_address(server: MailboxServer) -> None:
    """It is as good as a hard bounce."""
    server.faults = Faults(refused=1)
    async with SmtpTransport(_plain(server)) as transport:
        with pytest.raises(RefusedError, match=r"^RCPT: 550 5\.1\.1") as raised:
            await transport.send(outgoing())
    assert raised.value.bad_address


async def test_silence_after_the_message_is_doubt(
    server: MailboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that never replies may have accepted it."""
    monkeypatch.setattr("fondly.sender.adapters.smtp_session.LAST_REPLY", 0.1)
    server.faults = Faults(slow_s=30)
    async with SmtpTransport(_plain(server, timeout_s=1.0)) as transport:
        with pytest.raises(InDoubtError, match="no reply to the message"):
            await transport.send(outgoing())


async def test_cancelled_email_leaves_no_reply_to_another(server: MailboxServer) -> None:
    """Its connection is not used again: the late reply would be taken for the next email's."""
    server.faults = Faults(slow_s=0.5)
    async with SmtpTransport(_plain(server), connections=1) as transport:
        sending = asyncio.create_task(transport.send(outgoing("one")))
        await asyncio.sleep(0.2)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert transport._idle == []
        server.faults = Faults(refused=1)
        with pytest.raises(RefusedError):
            await transport.send(outgoing("two"))


async def test_nobody_listens() -> None:
    """Without a connection nothing was accepted."""
    with MailboxServer() as server:
        nowhere = _plain(server)
    async with SmtpTransport(nowhere) as transport:
        with pytest.raises(DeferredError, match="no connection") as raised:
            await transport.send(outgoing())
    assert not isinstance(raised.value, UnusableError)


async def test_unfit_message_is_never_sent(server: MailboxServer) -> None:
    """A message that is addressed to somebody else stays here."""
    async with SmtpTransport(_plain(server)) as transport:
        with pytest.raises(RefusedError, match="To is not the recipient's"):
            await transport.send(outgoing(content=message(address="eve@mail.example")))
    assert server.mailbox.messages == []


async def test_starttls_with_login(certificates: Certificates) -> None:
    """The connection is encrypted before the password is sent."""
    with MailboxServer(tls=certificates.server, require_tls=True, password="right") as server:
        where = MailServer(
            host=server.host, port=server.port, user="shop", password="right", tls=certificates.client
        )
        async with SmtpTransport(where) as transport:
            await transport.send(outgoing())
        assert len(server.mailbox.messages) == 1


async def test_wrong_password_refuses_nobody(certificates: Certificates) -> None:
    """It is mended, and then everybody gets their email."""
    with MailboxServer(tls=certificates.server, require_tls=True, password="right") as server:
        where = MailServer(
            host=server.host, port=server.port, user="shop", password="wrong", tls=certificates.client
        )
        async with SmtpTransport(where) as transport:
            with pytest.raises(UnusableError, match=r"^AUTH: 535") as raised:
                await transport.send(outgoing())
        assert "wrong" not in str(raised.value) + repr(where)


async def test_missing_login_refuses_nobody(certificates: Certificates) -> None:
    """A server that wants a password says 530 to everything."""
    with MailboxServer(tls=certificates.server, password="right") as server:
        async with SmtpTransport(_plain(server)) as transport:
            with pytest.raises(UnusableError, match="530"):
                await transport.send(outgoing())


async def test_tls_from_the_start(certificates: Certificates) -> None:
    """As port 465 asks for."""
    with MailboxServer(tls=certificates.server, implicit_tls=True) as server:
        where = MailServer(host=server.host, port=server.port, security=Security.TLS, tls=certificates.client)
        async with SmtpTransport(where) as transport:
            await transport.send(outgoing())
        assert len(server.mailbox.messages) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_certificate_that_nobody_vouches_for(certificates: Certificates, security: Security) -> None:
    """Nothing is said to a server that may be another's."""
    with MailboxServer(tls=certificates.server, implicit_tls=security is Security.TLS) as server:
        unknown = ssl.create_default_context()
        where = MailServer(host=server.host, port=server.port, security=security, tls=unknown)
        async with SmtpTransport(where) as transport:
            with pytest.raises(UnusableError, match="certificate"):
                await transport.send(outgoing())
        assert server.mailbox.messages == []


async def test_server_without_starttls(server: MailboxServer) -> None:
    """An email is not sent in the clear because the server, or somebody in between, offers no encryption."""
    where = MailServer(host=server.host, port=server.port, security=Security.STARTTLS)
    async with SmtpTransport(where) as transport:
        with pytest.raises(UnusableError):
            await transport.send(outgoing())
    assert server.mailbox.messages == []
