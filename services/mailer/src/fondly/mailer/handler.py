"""`recommendations-ready`: an email for each customer; after a run's last part, `run-finished`.

Where large runs are asked by batch inference, parts wait for its jobs and are then mailed by other messages.
"""

from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.events import MailerPoll, RecommendationsReady, event_type, parse_event
from fondly.mailer.use_cases.advance_copy_job import AdvanceCopyJob
from fondly.mailer.use_cases.close_run import CloseRun
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.release_parts import ReleaseParts
from fondly.runtime.eventbridge import read_aws_event
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.queue.message import Message
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.runs.stage import Stage

JOB_EVENTS = "aws.bedrock"
log = get_logger()


@dataclass(frozen=True)
class MailerHandler:
    """Mails the part that an event names, or advances the jobs of its run."""

    stage: Stage
    mail_part: MailPart
    close_run: CloseRun
    release_parts: ReleaseParts
    advance_job: AdvanceCopyJob | None = None
    outlook: Outlook | None = None

    async def __call__(self, message: Message) -> None:
        """Handle one `recommendations-ready` event or poll; state changes of Bedrock jobs are ignored."""
        if (change := read_aws_event(message.body, source=JOB_EVENTS)) is not None:
            # Polls find the end of a run's own jobs; the account may have others.
            log.info("state_change_ignored", detail_type=change.detail_type, resources=change.resources)
        elif event_type(message.body) == MailerPoll.type:
            await self._poll(message)
        else:
            await self._part(message)

    async def _part(self, message: Message) -> None:
        event = parse_event(message.body, RecommendationsReady)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        if self.outlook:
            self.outlook.look(run_id, calls=data.parts * data.customers)
        if await self._is_asked(run_id, 0, message):
            await self._mail(run_id, data.part, data.key, message)

    async def _poll(self, message: Message) -> None:
        poll = parse_event(message.body, MailerPoll)
        run_id, part = poll.run_id, poll.data.part
        bind_event(run_id=run_id, event_id=poll.id, part=part)
        if part is not None:
            await self._mail(run_id, part, object_keys.recommendations(run_id, part), message)
        elif await self._is_asked(run_id, poll.data.attempt, message):
            await self.release_parts.run(run_id)

    async def _is_asked(self, run_id: str, attempt: int, message: Message) -> bool:
        """Whether the run waits for no job: without jobs, none does."""
        if self.advance_job is None:
            return True
        return await self.advance_job.run(run_id, attempt, holder=message.message_id)

    async def _mail(self, run_id: str, part: int, key: str, message: Message) -> None:
        await self.stage.pass_part(
            run_id,
            part,
            holder=message.message_id,
            work=lambda: self.mail_part.run(run_id, part, key=key),
            close=lambda: self.close_run.run(run_id),
        )
