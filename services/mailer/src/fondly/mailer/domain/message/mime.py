"""The MIME message, built directly: the standard library encodes a long `List-Unsubscribe` (ADR 13).

Parts are quoted-printable in lines of at most 76 characters, so any relay passes the message on unchanged.
Header fields are folded, encoded and safe from injection.
Source: RFC 2045, 2046 (parts), 5322 (folding), 2047 (encoded words), 2369 and 8058 (List-Unsubscribe), 2919
(List-Id); https://support.google.com/mail/answer/6254652 (Feedback-ID).
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from fondly.mailer.domain.message.addresses import recipient
from fondly.mailer.domain.text import is_printable

MAX_LINE = 76
WORD_BYTES = 36
"""UTF-8 bytes per encoded word: even after the longest field name, a line stays within 76 characters."""
MAX_QUOTED_CHARS = 60
LIST_NAME = "recommendations"
SENDER_ID_CHARS = range(5, 16)
"""How long Gmail wants the last identifier of `Feedback-ID`."""
RUN_CHARS = 24
CACHED_FIELDS = 256
"""Those that are the same in every email of a run, such as the sender."""
CACHED_LINES = 32_768
_PRINTABLE_ASCII = re.compile(r"[!-~]+(?: [!-~]+)*")
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9-]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


@dataclass(frozen=True)
class Sender:
    """Who the email is from; the address must have come from `addresses.header_address`."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The domain of the sender's message ids."""
        return self.address.rpartition("@")[2]

    @property
    def feedback_id(self) -> str:
        """The identifier for Gmail's feedback loop: the domain's letters and digits, or some and a hash."""
        letters = "".join(filter(str.isalnum, self.domain))
        if len(letters) in SENDER_ID_CHARS:
            return letters
        return f"{letters[:7]}{sha256(self.domain.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Envelope:
    """What the header of a message says."""

    sender: Sender
    run_id: str
    customer_id: str
    address: str | None
    subject: str
    copy_source: str
    unsubscribe_uris: tuple[str, ...]
    date: datetime


def message(envelope: Envelope, *, text: str, html: str) -> bytes:
    """Return the MIME message; equal arguments give equal bytes."""
    message_id = _message_id(envelope)
    boundary = f"=_fondly_{message_id}"  # "=_" cannot occur in quoted-printable text
    fields = [
        *_fields(envelope, message_id),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
        "",
    ]
    delimiter = f"\r\n--{boundary}"
    head, end = "\r\n".join(fields).encode(), f"{delimiter}--\r\n".encode()
    return b"".join((head, _part(delimiter, "plain", text), _part(delimiter, "html", html), end))


def _fields(envelope: Envelope, message_id: str) -> list[str]:
    sender = envelope.sender
    return [
        _mailbox("From", sender.name, sender.address),
        f"To: {recipient(envelope.customer_id, envelope.address)}",
        _unstructured("Subject", envelope.subject),
        f"Date: {format_datetime(envelope.date)}",
        f"Message-ID: <{message_id}@{sender.domain}>",
        _folded("List-Id:", [f"<{LIST_NAME}.{sender.domain}>"]),
        *_unsubscribe(envelope.unsubscribe_uris),
        _feedback(envelope),
        _unstructured("X-Customer-Id", envelope.customer_id),
        _unstructured("X-Fondly-Run", envelope.run_id),
        _unstructured("X-Fondly-Copy", envelope.copy_source),
    ]


def _unsubscribe(uris: tuple[str, ...]) -> list[str]:
    """One click needs an https address that accepts the POST (RFC 8058)."""
    fields = [_listed("List-Unsubscribe", uris)] if uris else []
    if any(uri.startswith("https:") for uri in uris):
        fields.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return fields


def _feedback(envelope: Envelope) -> str:
    """Name groups of emails, the narrowest first, never a person: Gmail tells how many of each complain."""
    run = _NO_IDENTIFIER.sub("", envelope.run_id)[:RUN_CHARS]
    return f"Feedback-ID: {run}:{LIST_NAME}:fondly:{envelope.sender.feedback_id}"


def _message_id(envelope: Envelope) -> str:
    identity = f"{envelope.run_id}\n{envelope.customer_id}".encode("utf-8", "replace")
    return sha256(identity).hexdigest()[:32]


def _part(delimiter: str, subtype: str, content: str) -> bytes:
    head = (
        f"{delimiter}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return b"".join((head.encode(), *map(_quoted_line, content.splitlines())))


@lru_cache(maxsize=CACHED_LINES)
def _quoted_line(line: str) -> bytes:
    """Return a line in quoted-printable; `b2a_qp` does not count what a blank at its end gains."""
    quoted = b2a_qp(f"{line}\r\n".encode("utf-8", "replace"), istext=True)
    if quoted.endswith((b"=09\r\n", b"=20\r\n")) and len(quoted.splitlines()[-1]) > MAX_LINE:
        return quoted[:-5] + b"=\r\n" + quoted[-5:]
    return quoted


@lru_cache(maxsize=CACHED_FIELDS)
def _unstructured(name: str, value: str) -> str:
    """Return a field of free text, encoded unless it is printable ASCII in short words."""
    text = _one_line(value)
    room = MAX_LINE - len(name) - 2
    if not _PRINTABLE_ASCII.fullmatch(text) or "=?" in text or max(map(len, text.split())) > room:
        return f"{name}: " + "\r\n ".join(_encoded_words(text))
    return _folded(f"{name}:", text.split())


@lru_cache(maxsize=CACHED_FIELDS)
def _mailbox(name: str, display_name: str, address: str) -> str:
    """Return a field with one address, which must have come from `addresses.header_address`."""
    text = _one_line(display_name)
    if not text:
        return f"{name}: {address}"
    if not text.isascii() or "=?" in text or len(text) > MAX_QUOTED_CHARS:
        words = list(_encoded_words(text))
    elif _ATOMS.fullmatch(text):
        words = [text]
    else:
        words = ['"' + re.sub(r'(["\\])', r"\\\1", text) + '"']
    return _folded(f"{name}:", [*words, f"<{address}>"])


def _listed(name: str, uris: tuple[str, ...]) -> str:
    """Return a field of URIs in angle brackets, folded only between them."""
    return f"{name}: " + ",\r\n ".join(f"<{uri}>" for uri in uris)


def _one_line(value: str) -> str:
    printable = value if value.isprintable() else "".join(c if is_printable(c) else " " for c in value)
    return " ".join(printable.split())


def _folded(start: str, words: list[str]) -> str:
    lines = [start]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > MAX_LINE and lines[-1] != start:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _encoded_words(text: str) -> Iterator[str]:
    chunk = b""
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > WORD_BYTES:
            yield _encoded_word(chunk)
            chunk = b""
        chunk += encoded
    yield _encoded_word(chunk)


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{b64encode(chunk).decode()}?="
