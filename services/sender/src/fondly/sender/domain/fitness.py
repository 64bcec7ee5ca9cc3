"""Whether a message can be handed over as it stands: what every mail server carries, to whom it says it is.

Source: RFC 5321, 4.5.3.1 (998 characters a line, 64 of a local part, 254 of an address) and RFC 5322, 3.6
(fields that a message has once).
"""

import re
from collections import Counter
from collections.abc import Sequence

from fondly.sender.domain.fields import Field, HeaderError, mailbox, read_fields

MAX_LINE_CHARS = 998
MAX_ADDRESS_CHARS = 254
MAX_LOCAL_CHARS = 64
ONCE = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type")
_ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9.-]+")
_UNSAFE_ADDRESS = re.compile(r'[<>()\[\]\\,;:"]')


def unfit(content: bytes, *, address: str, max_bytes: int) -> str | None:
    """Return why a message must not be handed over to this address, or None if it may be."""
    return _unfit_address(address) or _unfit_bytes(content, max_bytes) or _unfit_header(content, address)


def is_plain(address: str) -> bool:
    """Return whether this is one address in ASCII, which can say nothing else to a mail server."""
    is_one = address.count("@") == 1 and _ADDRESS.fullmatch(address) is not None
    return is_one and not _UNSAFE_ADDRESS.search(address)


def _unfit_address(address: str) -> str | None:
    local = address.rpartition("@")[0]
    if not is_plain(address):
        return "the recipient's address is not one plain ASCII address"
    if len(address) > MAX_ADDRESS_CHARS or len(local) > MAX_LOCAL_CHARS:
        return f"the recipient's address has more than {MAX_ADDRESS_CHARS} or {MAX_LOCAL_CHARS} characters"
    return None


def _unfit_bytes(content: bytes, max_bytes: int) -> str | None:
    if len(content) > max_bytes:
        return f"the message has {len(content):,} bytes, expected at most {max_bytes:,}"
    if not content.isascii() or b"\0" in content:
        return "the message has bytes other than ASCII, expected an encoding such as quoted-printable"
    ends = content.count(b"\r\n")
    if content.count(b"\n") != ends or content.count(b"\r") != ends or not content.endswith(b"\r\n"):
        return "the message has a line that does not end in CRLF"
    if _has_long_line(content):
        longest = max(map(len, content.split(b"\r\n")))
        return f"the message has a line of {longest:,} characters, expected at most {MAX_LINE_CHARS}"
    return None


def _has_long_line(content: bytes) -> bool:
    """Return whether a line is too long, by going on from one line's end to the last that is near enough."""
    at, longest = 0, MAX_LINE_CHARS + len(b"\r\n")
    while len(content) - at > longest:
        end = content.rfind(b"\n", at, at + longest)
        if end < 0:
            return True
        at = end + 1
    return False


def _unfit_header(content: bytes, address: str) -> str | None:
    try:
        fields = read_fields(content)
    except HeaderError as error:
        return str(error)
    counts = Counter(field.name.lower() for field in fields)
    wrong = [name for name in ONCE if counts[name.lower()] != 1]
    if wrong:
        found = counts[wrong[0].lower()]
        return f"the message has the field {wrong[0].decode()} {found} times, expected once"
    if not _names(fields, b"To", address):
        return "the message's field To is not the recipient's address"
    return None


def _names(fields: Sequence[Field], name: bytes, address: str) -> bool:
    named = next(mailbox(field.unfolded) for field in fields if field.is_named(name))
    return bool(named) and named.lower() == address.lower()
