"""What the logs of mail servers say of messages."""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fondly.operations.delivery.mail_log import MailLog
from fondly.operations.errors import OperationError

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
POSTFIX = """\
Dec  1 12:59:00 mail postfix/smtpd[7]: connect from shop[192.0.2.7]
Dec  1 13:00:00 mail postfix/cleanup[8]: A1: message-id=<known@shop>
Dec  1 13:00:00 mail postfix/qmgr[9]: A1: from=<hello@shop>, size=4096, nrcpt=1 (queue active)
Dec  1 13:00:01 mail postfix/cleanup[8]: B2: message-id=<taken@shop>
Dec  1 13:00:01 mail postfix/cleanup[8]: C3: message-id=<broken-off@shop>
Dec  1 13:00:01 mail postfix/qmgr[9]: B2: from=<hello@shop>, size=4096, nrcpt=1 (queue active)
Dec  1 13:00:02 mail postfix/smtpd[7]: lost connection after DATA (17 bytes) from shop[192.0.2.7]
Dec  1 13:00:03 mail postfix/cleanup[8]: C3: message-id=<another@elsewhere>
Dec  1 13:00:03 mail postfix/qmgr[9]: C3: from=<x@elsewhere>, size=9, nrcpt=1 (queue active)
Dec  1 13:20:00 mail postfix/smtpd[7]: disconnect from shop[192.0.2.7]
"""
EXIM = """\
2026-12-01 12:59:00 +0100 exim 4.98 daemon started
2026-12-01 13:00:00 +0100 1rABcd-00000000Xyz-0Abc <= hello@shop H=shop P=esmtps S=4096 id=known@shop for c@x
2026-12-01 13:00:01 +0100 1rABce-0000Xy-Ab <= hello@shop H=shop P=esmtps S=4096 id=taken@shop for d@x
2026-12-01 13:20:00 +0100 no queue runner
"""
WANTED = ("taken@shop", "broken-off@shop", "never@shop")


def read(tmp_path: Path, text: str, known: Mapping[str, datetime]) -> MailLog:
    """Read a log."""
    (tmp_path / "mail.log").write_text(text)
    return MailLog([tmp_path / "mail.log"], WANTED, known)


@pytest.mark.parametrize(
    ("text", "known", "taken"),
    [(POSTFIX, "A1", "B2"), (EXIM, "1rABcd-00000000Xyz-0Abc", "1rABce-0000Xy-Ab")],
    ids=["postfix", "exim"],
)
def test_a_message_is_accepted_once_it_is_in_the_queue(
    tmp_path: Path, text: str, known: str, taken: str
) -> None:
    """One that is broken off is named, too, and another may get its name; the log's zone is of no account."""
    log = read(tmp_path, text, {known: NOON})
    assert log.accepted == {"taken@shop": taken}
    assert log.refutes(NOON, NOON + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("since", "until", "known"),
    [
        (-2, 0, {"A1": NOON}),
        (0, 6, {"A1": NOON}),
        (0, 0, {}),
        (0, 0, {"A1": NOON, "Z9": NOON}),
    ],
    ids=["begins too late", "ends too early", "knows none of ours", "misses one of ours"],
)
def test_a_log_that_is_not_whole_refutes_nothing(
    tmp_path: Path, since: int, until: int, known: Mapping[str, datetime]
) -> None:
    """Nobody gets a second email because a log was rotated, or is another server's."""
    log = read(tmp_path, POSTFIX, known)
    assert not log.refutes(NOON + timedelta(minutes=since), NOON + timedelta(minutes=until))
    assert log.accepted == {"taken@shop": "B2"}


def test_whatever_is_in_a_log_is_read(tmp_path: Path) -> None:
    """Packed logs, long lines and bytes of any kind; the index of a local stack, too."""
    (tmp_path / "1.gz").write_bytes(gzip.compress(POSTFIX.encode()))
    own = b'{"file": "000012.eml", "recipient": "c@x", "message_id": "never@shop", "run_id": null}\n'
    (tmp_path / "2").write_bytes(b"\xff\x00" * 50_000 + b"\nFeb 31 99:00:00 x\n" + own)
    log = MailLog([tmp_path / "1.gz", tmp_path / "2"], WANTED, {"A1": NOON})
    assert log.accepted == {"taken@shop": "B2", "never@shop": "12"}
    assert not log.refutes(NOON, NOON)


@pytest.mark.parametrize("content", [b"\x1f\x8b broken", None])
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """In one line."""
    if content:
        (tmp_path / "mail.gz").write_bytes(content)
    with pytest.raises(OperationError, match=r"mail.gz cannot be read as a log"):
        MailLog([tmp_path / "mail.gz"], (), {})
