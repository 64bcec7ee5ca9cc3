"""The mailer's messages to its own queue."""

from fondly.contracts.events import MailerPoll
from fondly.runtime.queue.polls import SQSPolls
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.run import StageName


class SQSMailerPolls(SQSPolls):
    """The mailer's polls, and its messages to itself about parts that have waited for a job."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, poll=MailerPoll, source=StageName.MAILER, interval_s=interval_s)

    async def send_part(self, run_id: str, part: int) -> None:
        """Have a part mailed by whichever task is free; the same part is the same event."""
        await self.send_data(run_id, MailerPoll(part=part))
