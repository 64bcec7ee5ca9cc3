"""Emails that were accepted, in a folder: tests and chaos look there for what was sent twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.ses.message import Email

INDEX = "emails.jsonl"
"""A line for each email, in the order in which they were accepted."""


class KeptEmails:
    """Writes each email as `<number>.eml` and a line of the index; earlier ones stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        index = folder / INDEX
        self._number = len(index.read_text(encoding="utf-8").splitlines()) if index.exists() else 0

    def keep(self, email: Email, message_id: str) -> None:
        """Keep an email, whatever is answered afterwards."""
        self._number += 1
        name = f"{self._number:06}.eml"
        (self._folder / name).write_bytes(email.content)
        line = {
            "file": name,
            "provider_id": message_id,
            "message_id": email.header("Message-ID").strip("<> "),
            "recipients": list(email.recipients),
            "subject": email.header("Subject"),
            "configuration_set": email.configuration_set,
            "tags": dict(email.tags),
        }
        with (self._folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(line) + "\n")
