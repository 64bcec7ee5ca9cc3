"""Receiving, counting, moving and deleting dead letters without losing any."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from fondly.operations.audit import noted
from fondly.operations.dead_letters.dead_letter import DeadLetter, Ids, Selection, read_dead_letter
from fondly.operations.environment import Environment
from fondly.operations.errors import NoSuchDeadLetterError
from fondly.operations.formatting import since
from fondly.operations.queues import depths, oldest_ages_s
from fondly.operations.topology import DEAD_LETTER_SUFFIX
from fondly.runtime.batches import batches
from fondly.runtime.clients import SQSClient

HIDDEN_S = 300
"""The visibility timeout of received dead letters, which remain hidden if the command is killed."""
MAX_BATCH = 10
WAIT_S = 1


@dataclass
class ReceivedDeadLetters:
    """Received dead letters; those that are neither moved nor deleted become visible again."""

    sqs: SQSClient
    url: str
    total: int
    """How many the queue had before the first was received."""
    dead_letters: list[DeadLetter] = field(default_factory=list)

    async def receive(self, limit: int) -> None:
        """Receive up to `limit` dead letters."""
        seen: set[str] = set()
        while len(self.dead_letters) < limit:
            found = await self._receive(min(MAX_BATCH, limit - len(self.dead_letters)))
            new = [each for each in found if each.message_id not in seen]
            seen |= {each.message_id for each in new}
            self.dead_letters += new
            if not new:
                return

    async def move(self, dead_letters: Sequence[DeadLetter], url: str) -> int:
        """Send dead letters to a queue, then delete them here; return how many."""
        moved = 0
        for batch in batches(dead_letters, MAX_BATCH):
            entries: Any = [
                {"Id": str(number), "MessageBody": each.body, "MessageAttributes": each.attributes}
                for number, each in enumerate(batch)
            ]
            sent = _accepted(batch, await self.sqs.send_message_batch(QueueUrl=url, Entries=entries))
            moved += await self.delete(sent)
        return moved

    async def delete(self, dead_letters: Sequence[DeadLetter]) -> int:
        """Delete dead letters for good; return how many."""
        deleted = 0
        for batch in batches(dead_letters, MAX_BATCH):
            reply = await self.sqs.delete_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(batch)
                ],
            )
            gone = {each.message_id for each in _accepted(batch, reply)}
            self.dead_letters = [each for each in self.dead_letters if each.message_id not in gone]
            deleted += len(gone)
        return deleted

    async def release(self) -> None:
        """Make the remaining dead letters visible again."""
        for batch in batches(self.dead_letters, MAX_BATCH):
            await self.sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                    for number, each in enumerate(batch)
                ],
            )

    async def _receive(self, limit: int) -> list[DeadLetter]:
        reply = await self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=WAIT_S,
            VisibilityTimeout=HIDDEN_S,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return [read_dead_letter(message) for message in reply.get("Messages", [])]


@dataclass(frozen=True)
class Discarding:
    """Dead letters of a queue that are about to be deleted for good; nobody else receives them meanwhile."""

    environment: Environment
    queue: str
    selection: Selection
    received: ReceivedDeadLetters

    @property
    def selected(self) -> list[DeadLetter]:
        """Those that are to be discarded."""
        return self.selection.of(self.received.dead_letters)

    @property
    def lines(self) -> str:
        """All of them as lines of JSON, to be kept elsewhere first."""
        kept = (each.model_dump(mode="json") | {"attributes": each.attributes} for each in self.selected)
        return "".join(json.dumps(each, default=repr) + "\n" for each in kept)

    async def delete(self, *, by: str) -> int:
        """Delete them; return how many could be, before they became visible again."""
        details = self.selection.told
        async with noted(self.environment, by=by, act="discard", about=self.queue, details=details) as told:
            discarded = await self.received.delete(self.selected)
            told["discarded"] = str(discarded)
        return discarded


class DiscardedLetters(BaseModel):
    """Dead letters that were deleted for good, to be kept elsewhere."""

    queue: str
    discarded: list[DeadLetter]


async def discard_dead_letters(
    environment: Environment, queue: str, *, run_id: str | None = None, message_ids: Ids = None, by: str
) -> DiscardedLetters:
    """Delete dead letters for good, and return them: all, those of a run, or some."""
    async with discarding(environment, queue, Selection(run_id, message_ids)) as found:
        selected = found.selected
        await found.delete(by=by)
        left = {each.message_id for each in found.received.dead_letters}
    gone = [each for each in selected if each.message_id not in left]
    return DiscardedLetters(queue=found.queue, discarded=gone)


@asynccontextmanager
async def discarding(environment: Environment, queue: str, selection: Selection) -> AsyncIterator[Discarding]:
    """Receive what is to be discarded, if only for now; raise `NoSuchDeadLetterError` if none is selected."""
    name = environment.known_queue(queue)
    async with receive_dead_letters(environment, name) as received:
        found = Discarding(environment, name, selection, received)
        if not (found.selected or selection.everything):
            raise NoSuchDeadLetterError(name)
        yield found


@asynccontextmanager
async def receive_dead_letters(
    environment: Environment, queue: str, *, limit: int | None = None
) -> AsyncIterator[ReceivedDeadLetters]:
    """Receive up to `limit` dead letters of a queue, by default as many as there are now.

    Never more: otherwise a message that a consumer dead-letters again meanwhile would be received twice.
    """
    url = await environment.dead_letter_url(queue)
    total = sum((await depths(environment, url)).values())
    received = ReceivedDeadLetters(environment.sqs, url, total)
    try:
        await received.receive(total if limit is None else min(limit, total))
        yield received
    finally:
        await received.release()


def _accepted(batch: Sequence[DeadLetter], reply: Any) -> list[DeadLetter]:  # noqa: ANN401 - of any batch operation
    return [batch[int(entry["Id"])] for entry in reply.get("Successful", [])]


SAMPLE = 100


class DeadLetterCount(BaseModel):
    """The dead letters of one queue; `oldest_age_s` counts from when SQS received the message."""

    queue: str
    dead_letters: int
    oldest_age_s: float | None


async def count_dead_letters(environment: Environment) -> list[DeadLetterCount]:
    """Return the number of dead letters of every queue, in the topology's order."""
    names = list(environment.topology.queues)
    ages = await oldest_ages_s(environment, [name + DEAD_LETTER_SUFFIX for name in names])
    counts = (_count(environment, name, ages.get(name + DEAD_LETTER_SUFFIX)) for name in names)
    return list(await asyncio.gather(*counts))


async def _count(environment: Environment, name: str, age_s: float | None) -> DeadLetterCount:
    number = sum((await depths(environment, await environment.dead_letter_url(name))).values())
    if number and age_s is None:  # a sample shows it, as nothing consumes dead letters
        async with receive_dead_letters(environment, name, limit=SAMPLE) as received:
            ages = (since(each.sent_at) for each in received.dead_letters if each.sent_at)
            age_s = max(ages, default=None)
    return DeadLetterCount(queue=name, dead_letters=number, oldest_age_s=age_s if number else None)
