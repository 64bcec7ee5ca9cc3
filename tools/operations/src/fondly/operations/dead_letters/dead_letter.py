"""A dead letter: a message that was given up, with the reason."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, computed_field

from fondly.ingest.domain.data import read_table

FACTS = frozenset({"reason", "exception", "handler", "first_received_ms", "receive_count"})
"""The message attributes that a consumer adds to a message it dead-letters."""
RECEIVED_TOO_OFTEN = "received too often"
MS_PER_SECOND = 1_000
MOST_TOLD = 20
Ids = list[str] | None


class Cause(NamedTuple):
    """Why a message was given up, in plain words, and what the runbook says to do about it."""

    words: str
    remedy: str


CAUSES = {pattern: Cause(*told) for pattern, told in read_table(__package__, "causes.toml").items()}
"""By the regular expressions that find them, in order; the last fits any reason."""


def cause_of(reason: str) -> Cause:
    """Return the cause that a dead letter's reason tells of."""
    return next(cause for pattern, cause in CAUSES.items() if re.search(pattern, reason))


class DeadLetter(BaseModel):
    """One dead letter; `exception` and `handler` are None if SQS itself moved it here."""

    message_id: str
    reason: str
    exception: str | None
    handler: str | None
    first_received_at: datetime | None
    receives: int
    sent_at: datetime | None
    """When it was sent to this queue; for messages that SQS moves itself, when it was first sent."""
    about: str
    """What it is: `data-ingested part 3`, `upload uploads/shop.csv`."""
    run_id: str | None
    body: str
    receipt: str = Field(exclude=True, repr=False)
    attributes: dict[str, Any] = Field(exclude=True, repr=False)
    """Its own message attributes, without those that a consumer added."""

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated properties
    @property
    def cause(self) -> Cause:
        """Why it was given up in plain words, and what to do."""
        return cause_of(self.reason)


class Discarded(BaseModel):
    """How many dead letters were deleted, and where they were written before; None for standard output."""

    queue: str
    discarded: int
    written_to: str | None


@dataclass(frozen=True)
class Selection:
    """Which dead letters are meant: all, those of one run, or those with these message ids, if only none."""

    run_id: str | None = None
    message_ids: Collection[str] | None = None

    @property
    def everything(self) -> bool:
        """True if all dead letters are selected."""
        return self.run_id is None and self.message_ids is None

    @property
    def told(self) -> dict[str, str]:
        """What is selected, in the words of an audit."""
        told = {"run": self.run_id or "", "messages": ", ".join(sorted(self.message_ids or ())[:MOST_TOLD])}
        return {name: each for name, each in told.items() if each}

    def includes(self, dead_letter: DeadLetter) -> bool:
        """Whether a dead letter is selected; the beginning of a run's id is enough."""
        of_run = self.run_id is None or (dead_letter.run_id or "").startswith(self.run_id)
        return of_run and (self.message_ids is None or dead_letter.message_id in self.message_ids)

    def of(self, dead_letters: Iterable[DeadLetter]) -> list[DeadLetter]:
        """Return the selected dead letters."""
        return [each for each in dead_letters if self.includes(each)]


def read_dead_letter(message: Mapping[str, Any]) -> DeadLetter:
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
    """Return what a message is about, and its run; its body may be anything."""
    try:
        content = json.loads(body)
        if "Records" in content:
            return f"upload {content['Records'][0]['s3']['object']['key']}", None
        kind, part = str(content["type"]).split(".")[1], content["data"].get("part")
        return f"{kind} part {part}" if part else kind, str(content["subject"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "not an event", None


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
