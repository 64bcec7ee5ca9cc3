"""The sender's messages to its own queue."""

from collections.abc import Iterable, Sequence

from fondly.contracts.events import DeliverPart, SenderPoll
from fondly.runtime.batches import batches
from fondly.runtime.parallel import for_each
from fondly.runtime.queue.polls import SENT_AT_ONCE, SQSPolls
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.run import StageName

DOUBTS_AT_ONCE = 50
"""How many customers a message names: an id of 256 characters may take 3 KB."""


class SQSSenderPolls(SQSPolls):
    """The sender's polls, and its messages to itself about parts that may be delivered."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, poll=SenderPoll, source=StageName.SENDER, interval_s=interval_s)

    async def send_parts(self, run_id: str, parts: Iterable[int], *, release: int) -> None:
        """Have parts delivered by whichever tasks are free; a part of one release is the same event."""

        async def send(part: int) -> None:
            await self.send_data(run_id, DeliverPart(part=part, release=release))

        await for_each(parts, send, parallel=SENT_AT_ONCE)

    async def send_doubts(
        self, run_id: str, part: int, customer_ids: Sequence[str], *, release: int, delay_s: int
    ) -> None:
        """Look later, after 900 s at most, whether emails that were in doubt were sent after all."""
        for batch in batches(customer_ids, DOUBTS_AT_ONCE):
            doubted = DeliverPart(part=part, release=release, doubted=tuple(batch))
            await self.send_data(run_id, doubted, delay_s=delay_s)
