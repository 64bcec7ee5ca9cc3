"""A dead letter: a message that was given up, and why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

FACTS = frozenset({"reason", "exception", "handler", "first_received_ms", "receive_count"})
"""The message attributes that a consumer adds to what it gives up."""
RECEIVED_TOO_OFTEN = "received too often"
MS_PER_SECOND = 1_000


class DeadLetter(BaseModel):
    """One dead letter; `exception` and `handler` are None where SQS itself gave it up."""

    message_id: str
    reason: str
    exception: str | None
    handler: str | None
    first_received_at: datetime | None
    receives: int
    sent_at: datetime | None
    """When it came into the queue that it lies in; SQS keeps the first time for what it moves itself."""
    about: str
    """What it tells of: `data-ingested part 3`, `upload uploads/shop.csv`."""
    run_id: str | None
    body: str
    receipt: str = Field(exclude=True, repr=False)
    attributes: dict[str, Any] = Field(exclude=True, repr=False)
    """Its own message attributes, without those that say why it died."""


@dataclass(frozen=True)
class Filter:
    """Which dead letters are meant: all, those of one run, or a single one."""

    run_id: str | None = None
    message_id: str | None = None

    @property
    def is_open(self) -> bool:
        """True when nothing is filtered out."""
        return self.run_id is None and self.message_id is None

    def takes(self, letter: DeadLetter) -> bool:
        """Tell whether a letter is meant; a run may be named by the beginning of its id."""
        of_run = self.run_id is None or (letter.run_id or "").startswith(self.run_id)
        return of_run and self.message_id in {None, letter.message_id}


def read_letter(message: Mapping[str, Any]) -> DeadLetter:
    """Read a message of a dead-letter queue, as SQS hands it out; no body is too odd."""
    attributes = message.get("MessageAttributes", {})
    facts = {name: attributes[name].get("StringValue", "") for name in FACTS & attributes.keys()}
    system = message.get("Attributes", {})
    about, run_id = _subject(message["Body"])
    return DeadLetter(
        message_id=message["MessageId"],
        reason=facts.get("reason", RECEIVED_TOO_OFTEN),
        exception=facts.get("exception"),
        handler=facts.get("handler"),
        first_received_at=_moment(facts.get("first_received_ms")),
        receives=_number(facts.get("receive_count") or system.get("ApproximateReceiveCount")),
        sent_at=_moment(system.get("SentTimestamp")),
        about=about,
        run_id=run_id,
        body=message["Body"],
        receipt=message["ReceiptHandle"],
        attributes={name: value for name, value in attributes.items() if name not in FACTS},
    )


def _subject(body: str) -> tuple[str, str | None]:
    """Return what a body tells of and its run; a body may be anything."""
    try:
        told = json.loads(body)
        if "Records" in told:
            return f"upload {told['Records'][0]['s3']['object']['key']}", None
        kind, part = str(told["type"]).split(".")[1], told["data"].get("part")
        return f"{kind} part {part}" if part else kind, str(told["subject"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "no event", None


def _moment(unix_ms: str | None) -> datetime | None:
    try:
        number = _number(unix_ms)
        return datetime.fromtimestamp(number / MS_PER_SECOND, UTC) if number else None
    except (OverflowError, ValueError, OSError):
        return None


def _number(text: str | None) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError:
        return 0
