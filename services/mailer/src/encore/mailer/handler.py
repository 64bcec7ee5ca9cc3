"""`recommendations-ready`: an email for each customer; after a run's last part, `run-finished`."""

from dataclasses import dataclass

from encore.contracts.events import RecommendationsReady, parse_event
from encore.mailer.use_cases.close_run import CloseRun
from encore.mailer.use_cases.mail_part import MailPart
from encore.runtime.eventbridge import read_aws_event
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.queue.message import Message
from encore.runtime.runs.stage import Stage

JOB_EVENTS = "aws.bedrock"
log = get_logger()


@dataclass(frozen=True)
class MailerHandler:
    """Mails the part that an event names."""

    stage: Stage
    mail_part: MailPart
    close_run: CloseRun

    async def __call__(self, message: Message) -> None:
        """Handle one `recommendations-ready` event; state changes of Bedrock jobs are ignored."""
        if (change := read_aws_event(message.body, source=JOB_EVENTS)) is not None:
            # Copy comes from Converse, within the handler: no run waits for a batch job.
            log.info("state_change_ignored", detail_type=change.detail_type, resources=change.resources)
            return
        event = parse_event(message.body, RecommendationsReady)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.mail_part.run(run_id, key=data.key),
            close=lambda: self.close_run.run(run_id),
        )
