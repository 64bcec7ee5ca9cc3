"""Reading, moving and deleting dead letters: none is lost on the way."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from encore.cli.domain.letters import DeadLetter, read_letter
from encore.cli.place import Place
from encore.cli.queues import depths
from encore.runtime.batches import batches

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

HOLD_S = 300
"""How long letters in hand are hidden from everybody else; a command that is killed leaves them so."""
MAX_BATCH = 10
WAIT_S = 1


@dataclass
class Held:
    """Dead letters in hand. What is neither moved nor deleted is given back."""

    sqs: "SQSClient"
    url: str
    there: int
    """How many there were when the first was taken, in hand or not."""
    letters: list[DeadLetter] = field(default_factory=list)

    async def receive(self, limit: int) -> None:
        """Take letters into hand until there are none, or `limit`."""
        seen: set[str] = set()
        while len(self.letters) < limit:
            found = await self._receive(min(MAX_BATCH, limit - len(self.letters)))
            new = [letter for letter in found if letter.message_id not in seen]
            seen |= {letter.message_id for letter in new}
            self.letters += new
            if not new:
                return

    async def move(self, letters: Sequence[DeadLetter], url: str) -> int:
        """Send letters to a queue and delete them here, in this order; return how many went."""
        moved = 0
        for batch in batches(letters, MAX_BATCH):
            entries: Any = [
                {"Id": str(number), "MessageBody": letter.body, "MessageAttributes": letter.attributes}
                for number, letter in enumerate(batch)
            ]
            sent = _accepted(batch, await self.sqs.send_message_batch(QueueUrl=url, Entries=entries))
            moved += await self.delete(sent)
        return moved

    async def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Delete letters for good; return how many were."""
        deleted = 0
        for batch in batches(letters, MAX_BATCH):
            reply = await self.sqs.delete_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": one.receipt} for number, one in enumerate(batch)
                ],
            )
            gone = {letter.message_id for letter in _accepted(batch, reply)}
            self.letters = [letter for letter in self.letters if letter.message_id not in gone]
            deleted += len(gone)
        return deleted

    async def give_back(self) -> None:
        """Show what is still in hand to everybody again."""
        for batch in batches(self.letters, MAX_BATCH):
            await self.sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                    for number, one in enumerate(batch)
                ],
            )

    async def _receive(self, limit: int) -> list[DeadLetter]:
        reply = await self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=WAIT_S,
            VisibilityTimeout=HOLD_S,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return [read_letter(message) for message in reply.get("Messages", [])]


@asynccontextmanager
async def held(place: Place, queue: str, *, limit: int | None = None) -> AsyncIterator[Held]:
    """Hold up to `limit` dead letters of a queue, by default as many as there are now.

    Never more than that: what a consumer gives up again meanwhile is not taken twice.
    """
    url = await place.dead_letter_url(queue)
    there = sum((await depths(place, url)).values())
    hand = Held(place.sqs, url, there)
    try:
        await hand.receive(there if limit is None else min(limit, there))
        yield hand
    finally:
        await hand.give_back()


def _accepted(batch: Sequence[DeadLetter], reply: Any) -> list[DeadLetter]:  # noqa: ANN401 - of any batch operation
    return [batch[int(entry["Id"])] for entry in reply.get("Successful", [])]
