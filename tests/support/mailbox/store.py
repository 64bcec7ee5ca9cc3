"""Keeps what was delivered: in memory, and in a folder if there is one."""

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from email import policy
from email.errors import MessageDefect
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from fondly.contracts.clock import utc_now

MAX_LINE_CHARS = 998
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_STRICT = policy.SMTP.clone(raise_on_defect=True)
INDEX = "messages.jsonl"
"""A line with `Received` for each message, in the folder."""


def read_strictly(content: bytes) -> EmailMessage:
    """Return the email, with all fields and parts decoded; raise `ValueError` for any defect."""
    _check_bytes(content)
    try:
        parsed = BytesParser(policy=_STRICT).parsebytes(content)
        assert isinstance(parsed, EmailMessage)
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
    assert isinstance(part, EmailMessage)
    part.get_content()


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message that was delivered."""

    number: int
    """Counts from 1."""
    sender: str
    """Of the envelope: where bounces go."""
    recipient: str
    """Of the envelope."""
    message_id: str
    subject: str
    run_id: str
    customer_id: str
    size: int
    received_at: str
    defect: str = ""
    """What a strict reader finds wrong with it."""

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.number:06}.eml"


class Mailbox:
    """All messages that were delivered; threads may share it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._contents: list[bytes] = []
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / INDEX).write_text("", encoding="utf-8")

    def add(self, sender: str, recipient: str, content: bytes) -> Received:
        """Keep a message; what is wrong with it is recorded."""
        try:
            parsed, defect = read_strictly(content), ""
        except ValueError as error:
            parsed, defect = None, str(error)

        def field(name: str) -> str:
            return str(parsed[name] or "") if parsed else ""

        with self._lock:
            received = Received(
                number=len(self._received) + 1,
                sender=sender,
                recipient=recipient,
                message_id=field("Message-ID").strip("<> "),
                subject=field("Subject"),
                run_id=field("X-Fondly-Run"),
                customer_id=field("X-Customer-Id"),
                size=len(content),
                received_at=utc_now().isoformat(timespec="milliseconds"),
                defect=defect,
            )
            self._keep(received, content)
        return received

    @property
    def messages(self) -> list[Received]:
        """What was delivered, in order."""
        with self._lock:
            return list(self._received)

    @property
    def defects(self) -> list[str]:
        """What is wrong with the messages that a strict reader refuses."""
        return [f"{each.number}: {each.defect}" for each in self.messages if each.defect]

    def counts(self) -> Counter[tuple[str, str]]:
        """How often each message came: by recipient and Message-ID."""
        return Counter((each.recipient, each.message_id) for each in self.messages)

    def content(self, number: int) -> bytes:
        """A message's bytes as they were delivered; raise `KeyError` if there is none."""
        with self._lock:
            if not 1 <= number <= len(self._received):
                raise KeyError(number)
            if self._folder is None:
                return self._contents[number - 1]
            return (self._folder / self._received[number - 1].file).read_bytes()

    def _keep(self, received: Received, content: bytes) -> None:
        self._received.append(received)
        if self._folder is None:
            self._contents.append(content)
            return
        (self._folder / received.file).write_bytes(content)
        with (self._folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps({**asdict(received), "file": received.file}) + "\n")
