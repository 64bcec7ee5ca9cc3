"""The header fields of a message, read from its bytes and put back unchanged where nothing is to change."""

import re
from collections.abc import Iterable
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

END = b"\r\n\r\n"
"""Ends the header."""
_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r\n]|\r\n[ \t])*)")
_ADDRESS = re.compile(r"<([^<>]*)>")


class Field(NamedTuple):
    """A field as it stands: its name, and its value with the folds, without the last line's end."""

    name: bytes
    value: bytes

    def is_named(self, name: bytes) -> bool:
        """Whether it has this name; case is of no account."""
        return self.name.lower() == name.lower()

    @property
    def text(self) -> str:
        """The value on one line, with encoded words decoded."""
        return str(make_header(decode_header(self.unfolded)))

    @property
    def unfolded(self) -> str:
        """The value on one line, as it stands."""
        return self.value.decode("ascii", "replace").replace("\r\n", "").strip()


class HeaderError(ValueError):
    """A message has no header, or a line of it belongs to no field; the error names the line."""


@lru_cache(maxsize=8)
def read_fields(content: bytes) -> tuple[Field, ...]:
    """Return the fields of a message's header in order; raise `HeaderError` if a line is none."""
    head, separator, _ = content.partition(END)
    if not separator:
        raise HeaderError("no empty line ends the header")
    fields: list[Field] = []
    at = 0
    while at < len(head):
        found = _FIELD.match(head, at)
        if found is None or head[found.end() : found.end() + 2] not in {b"", b"\r\n"}:
            line = head.count(b"\n", 0, at) + 1
            raise HeaderError(f"line {line} of the header is not a field")
        fields.append(Field(found[1], found[2]))
        at = found.end() + 2
    return tuple(fields)


def joined(fields: Iterable[Field], body: bytes) -> bytes:
    """Return the message of these fields and this body."""
    return b"".join((*(b"%s:%s\r\n" % field for field in fields), b"\r\n", body))


def body_of(content: bytes) -> bytes:
    """Return what follows the header."""
    return content.partition(END)[2]


@lru_cache(maxsize=1_024)
def mailbox(value: str) -> str:
    """Return the address in a field of one mailbox, such as `From`; empty if it names none, or several."""
    found = _ADDRESS.findall(value)
    address = found[0] if len(found) == 1 else value if not found else ""
    return address.strip() if address.count("@") == 1 and "," not in address else ""


_DATE = re.compile(rb"^(Date):(?:[^\r\n]|\r\n[ \t])*", re.IGNORECASE | re.MULTILINE)


def dated(content: bytes, at: datetime) -> bytes:
    """Return a finished email with this moment as its `Date`, in the moment's own zone.

    Mail programs sort by it, and filters hold one that is days old against an email. RFC 5322, 3.6.1, wants
    the moment at which a message is ready to be delivered. A message without a header stays as it is:
    whoever hands it over refuses it.
    """
    head, end, body = content.partition(END)
    return _DATE.sub(rb"\1: " + format_datetime(at).encode("ascii"), head) + end + body if end else content
