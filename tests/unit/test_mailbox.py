"""The tests' mail server keeps what is delivered, reads it strictly, and fails as it is told to."""

import json
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.sender.tests.messages import ADDRESS, message
from tests.support.mailbox import Fault, Faults, Mailbox, MailboxServer
from tests.support.mailbox.store import INDEX


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    """A server that keeps messages in memory."""
    with MailboxServer() as server:
        yield server


def _deliver(server: MailboxServer, content: bytes, *, to: str = ADDRESS) -> None:
    with smtplib.SMTP(server.host, server.port) as client:
        client.sendmail("hello@shop.example", [to], content)


def test_message_is_kept_as_it_came(server: MailboxServer) -> None:
    """With what identifies it."""
    _deliver(server, message())
    [received] = server.mailbox.messages
    assert server.mailbox.content(1) == message()
    assert (received.message_id, received.subject) == (
        "one@shop.example",
        "Something to go with your kettle",
    )
    assert (received.run_id, received.customer_id) == ("run-1", "Ada")
    assert received.defect == ""


def test_second_copy_is_counted(server: MailboxServer) -> None:
    """So a test sees whom a sender has written to twice."""
    for name in ("one", "two", "one"):
        _deliver(server, message(name))
    assert server.mailbox.counts() == {
        (ADDRESS, "one@shop.example"): 2,
        (ADDRESS, "two@shop.example"): 1,
    }


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        (message().replace(b"Subject: ", b"Subject: a\r\nSubject: "), "Subject stands 2 times"),
        (message().replace(b"To: ada@", b"To: ada@@"), "To: "),
        (message().replace(b"--=_fondly_one--", b"--=_fondly_two--"), "CloseBoundaryNotFoundDefect"),
        (message().replace(b"quoted-printable", b"base64"), "InvalidBase64"),
        (message().replace(b"charset=utf-8", b"charset=klingon"), "LookupError"),
        (message().replace(b"Date: Thu, 26", b"Date: Thu, 36"), "Date: "),
    ],
)
def test_defect_is_recorded(server: MailboxServer, content: bytes, defect: str) -> None:
    """Servers in the wild are lenient, so the one that tests use is not."""
    _deliver(server, content)
    [found] = server.mailbox.defects
    assert defect in found


def test_folder_has_messages_and_an_index(tmp_path: Path) -> None:
    """For programs that look when the server has ended."""
    with MailboxServer(Mailbox(tmp_path)) as server:
        _deliver(server, message())
        assert server.mailbox.content(1) == message()
    [line] = (tmp_path / INDEX).read_text().splitlines()
    assert json.loads(line)["recipient"] == ADDRESS
    assert (tmp_path / json.loads(line)["file"]).read_bytes() == message()


def test_faults_are_the_same_for_the_same_seed() -> None:
    """Whatever the order in which deliveries come."""
    names = [f"{n}@mail.example" for n in range(200)]
    first, second = (Faults(seed=7, later=0.2, drop_before=0.1, accept_then_die=0.1) for _ in range(2))
    drawn = {name: first.next(name) for name in names}
    assert {name: second.next(name) for name in reversed(names)} == drawn
    assert {first.next(name) for name in names} >= {Fault.LATER, None}
    other = Faults(seed=8, later=0.2, drop_before=0.1, accept_then_die=0.1)
    assert {name: other.next(name) for name in names} != drawn


def test_faults_come_as_often_as_they_are_asked_for() -> None:
    """Within what chance explains."""
    faults = Faults(later=0.3, refused=0.1)
    drawn = [faults.next(f"{n}@mail.example") for n in range(4_000)]
    assert drawn.count(Fault.LATER) == pytest.approx(1_200, rel=0.1)
    assert drawn.count(Fault.REFUSED) == pytest.approx(400, rel=0.2)


@pytest.mark.parametrize("shares", [{"later": 1.1}, {"later": 0.6, "refused": 0.6}, {"later": -0.1}])
def test_shares_of_faults_are_shares(shares: dict[str, float]) -> None:
    """Together they are at most everything."""
    with pytest.raises(ValueError, match="expected 0 to 1"):
        Faults(**shares)  # type: ignore[arg-type] # shares only
