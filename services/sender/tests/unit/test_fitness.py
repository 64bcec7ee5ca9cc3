"""What no mail server may be given is found before it is."""

import pytest

from fondly.sender.domain.fitness import MAX_LINE_CHARS, unfit
from services.sender.tests.messages import ADDRESS, message

GOOD = message()


def _unfit(content: bytes = GOOD, *, address: str = ADDRESS, max_bytes: int = 100_000) -> str | None:
    return unfit(content, address=address, max_bytes=max_bytes)


def test_finished_email_is_fit() -> None:
    """As the mailer makes it."""
    assert _unfit() is None


def test_address_in_angle_brackets_is_the_same() -> None:
    """With a name before it, and however it is written."""
    assert _unfit(GOOD.replace(b"To: ada@mail.example", b"To: Ada <Ada@mail.example>")) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (GOOD.replace(b"Dear Ada,\r\n", b"Dear Ada,\n"), "does not end in CRLF"),
        (GOOD.replace(b"Dear Ada,\r\n", b"Dear\rAda,\r\n"), "does not end in CRLF"),
        (GOOD[:-2], "does not end in CRLF"),
        (GOOD.replace(b"Dear Ada", b"Dear \xc3\x84da"), "other than ASCII"),
        (GOOD.replace(b"Dear Ada", b"Dear \0Ada"), "other than ASCII"),
        (GOOD.replace(b"Dear Ada,\r\n", b"x" * (MAX_LINE_CHARS + 1) + b"\r\n"), "a line of 999 characters"),
        (GOOD.replace(b"Subject: ", b"Subject: one\r\nSubject: "), "the field Subject 2 times"),
        (GOOD.replace(b"Date: ", b"X-Date: "), "the field Date 0 times"),
        (GOOD.replace(b"Date: ", b"Date "), "line 4 of the header is not a field"),
        (GOOD.replace(b"To: ada@", b"To: eve@"), "To is not the recipient's"),
        (GOOD.replace(b"To: ada@", b"To: eve@mail.example, ada@"), "To is not the recipient's"),
        (GOOD.partition(b"\r\n\r\n")[0] + b"\r\n", "no empty line"),
        (b"", "does not end in CRLF"),
    ],
)
def test_unfit_message_is_named(content: bytes, reason: str) -> None:
    """Each is what some server refuses, changes, or delivers to somebody else."""
    assert reason in (_unfit(content) or "")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@mail.example\r\nRCPT TO:<eve@mail.example>",
        "ada@mail.example>,<eve@mail.example",
        "a b@mail.example",
        "ädä@mail.example",
        "ada@[127.0.0.1]",
        "eve@x@mail.example",
        f"{'a' * 65}@mail.example",
        f"a@{'b' * 250}.example",
    ],
)
def test_address_is_one_plain_address(address: str) -> None:
    """Nothing that could name another recipient, or needs an extension."""
    assert "recipient's address" in (_unfit(address=address) or "")


def test_size_is_limited() -> None:
    """Servers refuse what is larger, and say so only at the end."""
    assert _unfit(max_bytes=100) == f"the message has {len(GOOD):,} bytes, expected at most 100"
