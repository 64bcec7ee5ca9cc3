"""The wire format: no defect, every expected header, nothing that a relay would change.

Source: RFC 5322 (headers, line length), 2045 and 2046 (parts), 2369 and 8058 (unsubscribing).
"""

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from fondly.checks.emails.message import Email

MAX_LINE_BYTES = 998
JOINER = "\u200d"
"""Joins emoji such as families."""
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe")
AT_MOST_ONCE = ("List-Unsubscribe-Post", "List-Id", "Feedback-ID")
ONE_CLICK = "List-Unsubscribe=One-Click"
ALTERNATIVES = ["text/plain", "text/html"]


def mime_problems(email: Email) -> Iterator[str]:
    """Yield whatever a strict reader would stumble over."""
    yield from _lines(email.raw)
    try:
        message = message_from_bytes(email.raw, policy=SMTP.clone(raise_on_defect=True))
        yield from _headers(message)
        yield from _parts(message)
    except (MessageError, LookupError, ValueError) as error:
        yield f"MIME: {type(error).__name__}: {error}"


def _lines(raw: bytes) -> Iterator[str]:
    lines = raw.split(b"\r\n")
    if any(b"\n" in line or b"\r" in line for line in lines):
        yield "MIME: a line that does not end in CRLF"
    if (longest := max(map(len, lines))) > MAX_LINE_BYTES:
        yield f"MIME: a line of {longest} bytes, at most {MAX_LINE_BYTES} are allowed"
    if b"\0" in raw:
        yield "MIME: a NUL byte"


def _headers(message: EmailMessage) -> Iterator[str]:
    for name in ONCE:
        if (count := len(message.get_all(name, []))) != 1:
            yield f"MIME: {count} fields {name}, expected one"
    for name in AT_MOST_ONCE:
        if (count := len(message.get_all(name, []))) > 1:
            yield f"MIME: {count} fields {name}, expected one at most"
    for name, value in message.items():
        yield from (f"MIME: {name}: {defect}" for defect in value.defects)
        if any(not char.isprintable() and char != JOINER for char in value):
            yield f"MIME: {name} has a character that cannot be printed"
    if "https:" in message.get("List-Unsubscribe", "") and message["List-Unsubscribe-Post"] != ONE_CLICK:
        yield f"MIME: List-Unsubscribe-Post is not {ONE_CLICK} (RFC 8058)"


def _parts(message: EmailMessage) -> Iterator[str]:
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if kinds != ALTERNATIVES:
        yield f"MIME: parts {', '.join(kinds)}, expected {', '.join(ALTERNATIVES)}"
    for part in message.walk():
        yield from (f"MIME: {part.get_content_type()}: {defect}" for defect in part.defects)
        if not part.is_multipart() and not str(part.get_content()).strip():
            yield f"MIME: {part.get_content_type()} is empty"
