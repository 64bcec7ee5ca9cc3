"""A customer's email as a test: it goes to somebody else, says so, and a click in it changes nothing."""

import re
from email.header import Header
from uuid import uuid4

from fondly.contracts.tokens import TEST_TOKEN
from fondly.sender.domain.fields import Field, body_of, joined, mailbox, read_fields

MARK = "[Test] "
_TOKEN = re.compile(rb"[?&]t=([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
SOFT_BREAK = rb"(?:=\r\n)?"
"""Where quoted-printable text is folded, which may be within a token."""


def _folded(text: bytes) -> bytes:
    """Return a pattern of a text that may be folded anywhere."""
    return SOFT_BREAK.join(re.escape(text[at : at + 1]) for at in range(len(text)))


_SIGN = rb"(?:[A-Za-z0-9_-]%b)" % SOFT_BREAK
_CLICK_TOKEN = re.compile(
    rb"(&%b(?:%b)?%b%b)%b+\.%b%b{22}(?=&)"
    % (SOFT_BREAK, _folded(b"amp;") + SOFT_BREAK, _folded(b"c=3D"), SOFT_BREAK, _SIGN, SOFT_BREAK, _SIGN)
)
"""In text and in HTML; another parameter follows it."""


def trial_email(content: bytes, address: str) -> bytes:
    """Return a finished email as a test for an address.

    `To` is the address and the subject is marked. Links to unsubscribe lead there, with `TEST_TOKEN` for the
    customer's token, in the header and in every part; so do links by which clicks are counted. The message
    has an id of its own, so that mail programs show a second test of the same email, too. Raises
    `HeaderError` if the header cannot be read.
    """
    fields = read_fields(content)
    tokens = {token for field in fields if field.is_named(b"List-Unsubscribe") for token in _tokens(field)}
    changed = [_changed(field, address) for field in fields]
    return _uncounted(_without(tokens, joined(changed, body_of(content))))


def _changed(field: Field, address: str) -> Field:
    if field.is_named(b"To"):
        return field._replace(value=f" {address}".encode("ascii"))
    if field.is_named(b"Subject"):
        return field._replace(value=_subject(MARK + field.text))
    if field.is_named(b"Message-ID"):
        domain = mailbox(field.unfolded).rpartition("@")[2]
        return field._replace(value=f" <{uuid4().hex}@{domain}>".encode("ascii"))
    return field


def _subject(text: str) -> bytes:
    charset = "us-ascii" if text.isascii() else "utf-8"
    value = Header(text, charset, header_name="Subject", maxlinelen=76).encode(linesep="\r\n")
    return f" {value}".encode("ascii")


def _tokens(field: Field) -> list[bytes]:
    """The tokens in the links of a field, which is never folded within one."""
    return _TOKEN.findall(field.value)


def _without(tokens: set[bytes], content: bytes) -> bytes:
    """Replace tokens in a message whose parts are in quoted-printable."""
    for token in tokens:
        content = re.sub(_folded(token), TEST_TOKEN.encode("ascii"), content)
    return content


def _uncounted(content: bytes) -> bytes:
    """Replace the tokens of links by which clicks are counted, whoever they name."""
    return _CLICK_TOKEN.sub(rb"\1" + TEST_TOKEN.encode("ascii"), content)
