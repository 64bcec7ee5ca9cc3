"""A mail server for this machine, which keeps in a folder what is delivered to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fondly.stack.delivered import message_id
from fondly.stack.pictures.inline import with_pictures
from fondly.stack.processes import free_port

INDEX = "messages.jsonl"
"""A line for each message in the folder: its file, who gets it, and what names the email."""
HOST = "127.0.0.1"


class _Keeper:
    """What aiosmtpd calls for every message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / INDEX).touch()
        self._number = (folder / INDEX).read_text(encoding="utf-8").count("\n")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        content = envelope.original_content or b""
        header = BytesHeaderParser(policy=policy.SMTP).parsebytes(content)
        names = {"run_id": header["X-Fondly-Run"], "customer_id": header["X-Customer-Id"]}
        for recipient in envelope.rcpt_tos:
            self._number += 1
            file = f"{self._number:06}.eml"
            (self._folder / file).write_bytes(with_pictures(content))
            kept = {"file": file, "recipient": recipient, "message_id": message_id(content), **names}
            with (self._folder / INDEX).open("a", encoding="utf-8") as index:
                index.write(json.dumps(kept, default=str) + "\n")
        return f"250 2.0.0 Ok: queued as {self._number}"


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """Receive emails on the loopback address; yield the port."""
    server = Controller(_Keeper(folder), hostname=HOST, port=free_port(), server_hostname="mailbox.localhost")
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
