"""Header fields as they are sent: folded, encoded, safe from injection.

Source: RFC 5322 (folding), RFC 2047 (encoded words), RFC 2369 and RFC 8058 (List-Unsubscribe).
"""

import re
from base64 import b64encode
from collections.abc import Iterator

from encore.mailer.domain.text import is_printable

MAX_LINE = 76
WORD_BYTES = 36
"""UTF-8 bytes per encoded word: even after the longest field name, a line stays within 76 characters."""
MAX_QUOTED_CHARS = 60
_PRINTABLE_ASCII = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def unstructured(name: str, value: str) -> str:
    """Return a field of free text, encoded unless it is printable ASCII in short words."""
    text = _one_line(value)
    room = MAX_LINE - len(name) - 2
    if not _PRINTABLE_ASCII.fullmatch(text) or "=?" in text or max(map(len, text.split())) > room:
        return f"{name}: " + "\r\n ".join(_encoded_words(text))
    return _folded(f"{name}:", text.split())


def mailbox(name: str, display_name: str, address: str) -> str:
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


def listed(name: str, uris: tuple[str, ...]) -> str:
    """Return a field of URIs in angle brackets, folded only between them."""
    return f"{name}: " + ",\r\n ".join(f"<{uri}>" for uri in uris)


def _one_line(value: str) -> str:
    return " ".join("".join(char if is_printable(char) else " " for char in value).split())


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
