"""`RecommendationsReady` → one email a customer, `EmailFinished` each, `RunFinished` after the last part."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from encore.contracts.events import EmailFinished, Event, RecommendationsReady, parse_event
from encore.contracts.records import Recommendation
from encore.mailer.domain.copy.fields import CopySource
from encore.mailer.domain.record import EmailRecord
from encore.mailer.use_cases.mail_part import PartEmails, PartMailer
from encore.runtime.eventbridge import read_aws_event
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Announcer, Claiming, Objects, RunLedger
from encore.runtime.queue.message import Message
from encore.runtime.runs.lifecycle import finish_run
from encore.runtime.runs.run import PartReport, StageName, part_name
from encore.runtime.runs.stage import PartStage

EVENTS_PER_PUBLISH = 10
LEDGER_WRITES = 4
"""The lock taken and let go, the report, the part's number."""
REQUESTS_PER_MESSAGE = 2

log = get_logger()


class MailerHandler:
    """Mails one part of a run. Handling the same part again repeats no paid work and changes no outcome."""

    def __init__(
        self,
        *,
        objects: Objects,
        announcer: Announcer,
        ledger: RunLedger,
        locks: Claiming,
        part_mailer: PartMailer,
        model_id: str,
    ) -> None:
        self._objects = objects
        self._announcer = announcer
        self._ledger = ledger
        self._stage = PartStage(StageName.MAILER, ledger=ledger, locks=locks)
        self._part_mailer = part_mailer
        self._model_id = model_id

    async def __call__(self, message: Message) -> None:
        """Handle one `RecommendationsReady`; state changes of Bedrock jobs are let pass."""
        if (change := read_aws_event(message.body, source="aws.bedrock")) is not None:
            # Copy comes from Converse, within the handler: no run ever waits for a batch job.
            log.info(
                "batch_job_awaited_by_no_run", detail_type=change.detail_type, resources=change.resources
            )
            return
        event = parse_event(message.body, RecommendationsReady)
        bind_event(run_id=event.run_id, event_id=event.id, part=event.data.part)
        await self._stage.pass_part(
            event.run_id,
            event.data.part,
            holder=message.message_id,
            work=lambda: self._mail(event),
            announce=lambda: self._finish(event.run_id),
        )

    async def _mail(self, event: Event[RecommendationsReady]) -> PartReport:
        started_at = datetime.now(UTC)
        recommendations = await self._objects.get_lines(event.data.key, Recommendation)
        emails = await self._part_mailer.mail(event.run_id, recommendations)
        await self._announcer.announce_all(
            event.run_id, [(record.customer_id, _finished(record)) for record in emails.records]
        )
        report = self._report(event.data.part, emails, started_at)
        log.info("part_mailed", **report.counts)
        return report

    async def _finish(self, run_id: str) -> None:
        totals = await finish_run(run_id, self._ledger, self._announcer)
        log.info("run_finished", total_seconds=totals.total_seconds, **totals.counts)

    def _report(self, part: int, emails: PartEmails, started_at: datetime) -> PartReport:
        return PartReport(
            stage=StageName.MAILER,
            name=part_name(part),
            started_at=started_at,
            finished_at=datetime.now(UTC),
            counts=_counts(emails),
            units=_units(emails.records, self._model_id),
        )


def _finished(record: EmailRecord) -> EmailFinished:
    template_copy = record.copy_source is CopySource.TEMPLATE
    return EmailFinished(customer_id=record.customer_id, key=record.key, template_copy=template_copy)


def _counts(emails: PartEmails) -> dict[str, int]:
    sources = Counter(record.copy_source for record in emails.records)
    return {
        "emails": len(emails.records),
        "emails_template_copy": sources[CopySource.TEMPLATE],
        "emails_failed": len(emails.failed),
        "copy_repairs": sum(record.model_calls > 1 for record in emails.records),
    }


def _units(records: Sequence[EmailRecord], model_id: str) -> dict[str, Decimal]:
    """What the part cost to make, also where an earlier delivery made it: records carry their own usage."""
    units = {
        f"bedrock.input_tokens.{model_id}": sum(record.input_tokens for record in records),
        f"bedrock.output_tokens.{model_id}": sum(record.output_tokens for record in records),
        "s3.puts": len(records),
        "dynamodb.writes": len(records) + LEDGER_WRITES,
        "sns.publishes": -(-len(records) // EVENTS_PER_PUBLISH),
        "sqs.requests": REQUESTS_PER_MESSAGE,
    }
    return {unit: Decimal(amount) for unit, amount in units.items()}
