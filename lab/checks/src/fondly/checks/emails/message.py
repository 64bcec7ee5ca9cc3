"""One stored email, parsed as a strict reader parses it."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from fondly.stack.pictures.inline import without_pictures


@dataclass(frozen=True)
class Email:
    """A message with its two bodies decoded; the bodies are empty where the message has none."""

    name: str
    """The variant and the file, such as `market de_DE/C1.eml`: what a finding names."""
    raw: bytes
    message: EmailMessage
    html: str
    text: str


def read_emails(folder: Path, *, variant: str = "") -> Iterator[Email]:
    """Yield the emails of a run's folder as they are stored, in the order of their files' names."""
    for path in sorted(folder.glob("*.eml")):
        yield read_email(
            without_pictures(path.read_bytes()), name=f"{variant}/{path.name}" if variant else path.name
        )


def read_email(raw: bytes, *, name: str) -> Email:
    """Parse a message; what is wrong with it is found by `mime.mime_problems`."""
    message = message_from_bytes(raw, policy=SMTP)
    return Email(name, raw, message, _body(message, "html"), _body(message, "plain"))


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, MessageError, ValueError):
        return ""
