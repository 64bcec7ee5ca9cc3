"""`recommendations-ready`: an email for each customer; after a run's last part, `run-finished`."""

from dataclasses import dataclass

from fondly.contracts.events import RecommendationsReady, RenderPart, event_type, parse_event
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.mailer.use_cases.render_anew import RenderAnew
from fondly.runtime.logs import bind_event, get_logger
from fondly.runtime.ports import Announcer
from fondly.runtime.queue.message import Message
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import finish_run
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import Stage

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class MailerHandler:
    """Mails the part that an event names, and ends a run of which every part is mailed."""

    stage: Stage
    mail_part: MailPart
    ledger: Ledger
    announcer: Announcer
    render_anew: RenderAnew
    outlook: Outlook | None = None

    async def __call__(self, message: Message) -> None:
        """Handle one `recommendations-ready` event, or a message of ours about a part to be rendered anew."""
        if event_type(message.body) == RenderPart.type:
            part = parse_event(message.body, RenderPart)
            bind_event(run_id=part.run_id, event_id=part.id, part=part.data.part)
            await self.render_anew.run(part.run_id, part.data.part, holder=message.message_id)
            return
        event = parse_event(message.body, RecommendationsReady)
        run_id, data = event.run_id, event.data
        bind_event(run_id=run_id, event_id=event.id, part=data.part)
        if self.outlook:
            self.outlook.report(data.parts * data.customers)
        await self.stage.pass_part(
            run_id,
            data.part,
            holder=message.message_id,
            work=lambda: self.mail_part.run(run_id, data.part, key=data.key),
            close=lambda: self._close(run_id),
        )

    async def _close(self, run_id: str) -> None:
        """Merge the index of its emails, announce what the run came to, and record it as finished."""
        parts = (await self.ledger.run(run_id)).stage(StageName.MAILER).done
        await merge_email_index(self.mail_part.objects, run_id, sorted(parts))
        totals = await finish_run(run_id, self.ledger, self.announcer)
        log.info("run_finished", total_seconds=totals.total_seconds, **totals.counts)
