"""`recommendations-ready`: an email for each customer; after a run's last part, `run-finished`."""

from collections import Counter

from encore.contracts.events import EmailFinished, RecommendationsReady, parse_event
from encore.contracts.records import Recommendation
from encore.mailer.domain.copy.copy import CopySource
from encore.mailer.domain.record import EmailRecord
from encore.mailer.use_cases.mail_part import PartEmails, PartMailer
from encore.runtime.eventbridge import read_aws_event
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Announcer, Objects
from encore.runtime.queue.message import Message
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.lifecycle import finish_run
from encore.runtime.runs.stage import PartResult, Stage

log = get_logger()


class MailerHandler:
    """Mails the part that an event names."""

    def __init__(
        self,
        *,
        stage: Stage,
        ledger: Ledger,
        announcer: Announcer,
        objects: Objects,
        part_mailer: PartMailer,
        model_id: str,
    ) -> None:
        self._stage = stage
        self._ledger = ledger
        self._announcer = announcer
        self._objects = objects
        self._part_mailer = part_mailer
        self._model_id = model_id

    async def __call__(self, message: Message) -> None:
        """Handle one `recommendations-ready` event; state changes of Bedrock jobs are ignored."""
        if (change := read_aws_event(message.body, source="aws.bedrock")) is not None:
            # Copy comes from Converse, within the handler: no run waits for a batch job.
            log.info("state_change_ignored", detail_type=change.detail_type, resources=change.resources)
            return
        event = parse_event(message.body, RecommendationsReady)
        bind_event(run_id=event.run_id, event_id=event.id, part=event.data.part)
        await self._stage.pass_part(
            event.run_id,
            event.data.part,
            holder=message.message_id,
            work=lambda: self._mail(event.run_id, event.data.key),
            close=lambda: self._finish(event.run_id),
        )

    async def _mail(self, run_id: str, key: str) -> PartResult:
        recommendations = await self._objects.get_lines(key, Recommendation)
        emails = await self._part_mailer.mail(run_id, recommendations)
        return part_result(emails, self._model_id)

    async def _finish(self, run_id: str) -> None:
        totals = await finish_run(run_id, self._ledger, self._announcer)
        log.info("run_finished", total_seconds=totals.total_seconds, **totals.counts)


def part_result(emails: PartEmails, model_id: str) -> PartResult:
    """Return what a part's emails came to, those of earlier deliveries included."""
    records, sources = emails.records, Counter(record.copy_source for record in emails.records)
    return PartResult(
        counts={
            "emails": len(records),
            "emails_template_copy": sources[CopySource.TEMPLATE],
            "emails_failed": len(emails.failed),
            "copy_repairs": sum(record.model_calls > 1 for record in records),
        },
        units={
            f"bedrock.input_tokens.{model_id}": sum(record.input_tokens for record in records),
            f"bedrock.output_tokens.{model_id}": sum(record.output_tokens for record in records),
            "s3.puts": len(records),
            "dynamodb.writes": len(records),
        },
        events=[_finished(record) for record in records],
    )


def _finished(record: EmailRecord) -> EmailFinished:
    template_copy = record.copy_source is CopySource.TEMPLATE
    return EmailFinished(customer_id=record.customer_id, key=record.key, template_copy=template_copy)
