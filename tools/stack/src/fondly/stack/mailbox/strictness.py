"""Reads an email as strictly as the standard library can, and says what it found wrong."""

from email import policy
from email.errors import MessageDefect
from email.message import EmailMessage, Message
from email.parser import BytesParser

MAX_LINE_CHARS = 998
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_STRICT = policy.SMTP.clone(raise_on_defect=True)


def read_strictly(content: bytes) -> EmailMessage:
    """Return the email, with all fields and parts decoded; raise `ValueError` for any defect."""
    _check_bytes(content)
    try:
        parsed = BytesParser(policy=_STRICT).parsebytes(content)
        assert isinstance(parsed, EmailMessage)  # noqa: S101 - what this policy makes
        _check_fields(parsed)
        for part in parsed.walk():
            if not part.is_multipart():
                _decode(part)
    except (MessageDefect, LookupError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    return parsed


def _check_bytes(content: bytes) -> None:
    ends = content.count(b"\r\n")
    if not content.isascii() or content.count(b"\n") != ends or content.count(b"\r") != ends:
        raise ValueError("a byte that is not ASCII, or a line that does not end in CRLF")
    if max(map(len, content.split(b"\r\n"))) > MAX_LINE_CHARS:
        raise ValueError(f"a line of more than {MAX_LINE_CHARS} characters")


def _check_fields(message: EmailMessage) -> None:
    for name, value in message.items():
        if defects := getattr(value, "defects", ()):
            raise ValueError(f"{name}: {defects[0]}")
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            raise ValueError(f"the field {name} stands {len(message.get_all(name, []))} times, expected once")


def _decode(part: Message) -> None:
    assert isinstance(part, EmailMessage)  # noqa: S101 - as above
    part.get_content()
