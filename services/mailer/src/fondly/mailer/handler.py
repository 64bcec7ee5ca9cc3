"""`recommendations-ready`: an email for each customer; after a run's last part, `run-finished`."""

from dataclasses import dataclass

from fondly.contracts.events import RecommendationsReady, parse_event
from fondly.mailer.use_cases.close_run import CloseRun
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.runtime.logs import bind_event
from fondly.runtime.queue.message import Message
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.runs.stage import Stage


@dataclass(frozen=True)
class MailerHandler:
    """Mails the part that an event names."""

    stage: Stage
    mail_part: MailPart
    close_run: CloseRun
    outlook: Outlook | None = None

    async def __call__(self, message: Message) -> None:
        """Handle one `recommendations-ready` event."""
        event = parse_event(message.body, RecommendationsReady)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        if self.outlook:
            self.outlook.look(run_id, calls=data.parts * data.customers)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.mail_part.run(run_id, data.part, key=data.key),
            close=lambda: self.close_run.run(run_id),
        )
