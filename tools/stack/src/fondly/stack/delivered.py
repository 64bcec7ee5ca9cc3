"""What became of a run's finished emails: what is recorded of each, and what a mail server got."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fondly.contracts.delivery import Dispatch, Outcome

FOLDER = "delivered"
"""The folder beside the page with the messages as they arrived."""
NOT_YET = "not yet"
_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^<>\s]+)>\s*$", re.IGNORECASE | re.MULTILINE)


Arrived = Callable[[str], Sequence[Path]]
"""Returns the files of the message with a `Message-ID` as it arrived: one, unless it arrived again."""


def nothing_arrived(_: str) -> Sequence[Path]:
    """Return nothing: there is no mail server to ask."""
    return ()


@dataclass
class DeliveryTally:
    """Counts what became of emails, and keeps the messages that arrived in the run's folder."""

    out: Path
    arrived: Arrived
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Of emails that were not handed over."""
    messages: int = 0
    """Emails that arrived."""
    again: int = 0
    """Messages that arrived besides the first of an email."""

    def add(self, file: str, message: bytes, dispatch: Dispatch | None) -> str:
        """Count an email; return where its message is as it arrived, relative to the run's folder."""
        self.outcomes[dispatch.outcome if dispatch else NOT_YET] += 1
        if dispatch and dispatch.outcome is Outcome.SUPPRESSED:
            self.reasons[dispatch.reason] += 1
        copies = self.arrived(message_id(message))
        if not copies:
            return ""
        self.messages += 1
        self.again += len(copies) - 1
        return self._kept(file, copies[0])

    def _kept(self, file: str, copy: Path) -> str:
        """Return where a message is, below the run's folder; what is elsewhere is copied there."""
        if copy.is_relative_to(self.out):
            return copy.relative_to(self.out).as_posix()
        folder = self.out / FOLDER
        folder.mkdir(exist_ok=True)
        shutil.copyfile(copy, folder / file)
        return f"{FOLDER}/{file}"

    def summary(self) -> dict[str, Any]:
        """Return what `summary.json` says of it."""
        return {
            "outcomes": dict(self.outcomes),
            "reasons": dict(self.reasons),
            "arrived": self.messages,
            "arrived_again": self.again,
        }


def message_id(message: bytes) -> str:
    """Return the `Message-ID` of a message, without its brackets; empty if it has none."""
    head, _, _ = message.partition(b"\r\n\r\n")
    found = _MESSAGE_ID.search(head.replace(b"\r\n", b"\n"))
    return found[1].decode("ascii", "replace") if found else ""


def sent(summary: Mapping[str, Any]) -> int:
    """Return how many emails of a run have been accepted, by its summary."""
    outcomes: Mapping[str, int] = (summary.get("delivery") or {}).get("outcomes", {})
    return outcomes.get(Outcome.SENT, 0)
