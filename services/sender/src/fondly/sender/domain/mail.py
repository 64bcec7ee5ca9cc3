"""A mail that anybody may have sent, read within limits: its size, its lines, its parts and their depth.

Python's parser follows whatever nesting a message claims, and takes time that grows with the square of some
of its headers. So what it gets is cut and looked at before.
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Mail = Message[str, str]
else:  # the class cannot be subscribed before Python 3.13
    Mail = Message

MAX_BYTES = 262_144
"""How much of a mail is read: the rest, in a report that returns a whole email, says nothing more."""
MAX_LINES = 8_000
MAX_CONTAINERS = 12
"""How many parts may hold other parts: a report has four, with the email that it returns."""
MAX_PARTS = 100
MAX_TYPE_CHARS = 1_000
"""How long a `Content-Type` may be: its parameters are what the parser takes long for."""
MAX_FIELD_CHARS = 8_000
"""More than a `List-Unsubscribe` with two addresses of the longest token has."""
_CONTAINER = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
_LONG_TYPE = re.compile(
    rb"^content-type:(?:[^\n]|\n[ \t]){%d}" % MAX_TYPE_CHARS, re.IGNORECASE | re.MULTILINE
)
_BOUNDARY = re.compile(rb"^--", re.MULTILINE)


class MailError(Exception):
    """A mail is not read; the message says which limit it exceeds, and nothing of what it says."""


def parse(content: bytes) -> Mail:
    """Read a mail, as far as `MAX_BYTES` and `MAX_LINES` go; raise `MailError` if it is a trap."""
    text = _first_lines(content[:MAX_BYTES])
    if len(_CONTAINER.findall(text)) > MAX_CONTAINERS:
        raise MailError(f"more than {MAX_CONTAINERS} parts that hold others")
    if len(_BOUNDARY.findall(text)) > MAX_PARTS:
        raise MailError(f"more than {MAX_PARTS} parts")
    if _LONG_TYPE.search(text):
        raise MailError(f"a Content-Type of more than {MAX_TYPE_CHARS} characters")
    try:
        return BytesParser(policy=compat32).parsebytes(text)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:  # malformed types
        raise MailError(f"the parser fails: {type(error).__name__}") from None


def field(mail: Mail, name: str) -> str:
    """Return the first field of a name on one line, decoded; empty if there is none that can be read."""
    found = raw_field(mail, name)
    try:
        decoded = str(make_header(decode_header(found)))
    except (HeaderParseError, ValueError, LookupError):
        return ""
    return " ".join("".join(char if char.isprintable() else " " for char in decoded).split())


def raw_field(mail: Mail, name: str) -> str:
    """Return the first field of a name, unfolded, as it stands; empty if there is none, or it is too long."""
    found = next((value for key, value in mail.raw_items() if key.lower() == name), "")
    text = str(found).replace("\r", "").replace("\n", "")
    return text if len(text) <= MAX_FIELD_CHARS else ""


def parts(mail: Mail) -> list[Mail]:
    """Return the parts of a multipart, not those within them; none if it has none."""
    found = mail.get_payload()
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def body_of(mail: Mail) -> bytes:
    """Return what a part without parts says, decoded."""
    found = mail.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _first_lines(content: bytes) -> bytes:
    """Return so many lines, each with the same end: the parser takes a CR alone for one too."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", MAX_LINES)
    return b"\n".join(lines[:MAX_LINES])
