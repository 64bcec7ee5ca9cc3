"""Makes the emails of one part; a repeated part repeats no paid work."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.contracts import object_keys
from encore.contracts.events import EmailFinished
from encore.contracts.records import Recommendation
from encore.mailer.domain.copy.fields import CopySource
from encore.mailer.domain.facts.email import EmailFacts, email_facts
from encore.mailer.domain.message.compose import ComposedEmail, Composer
from encore.mailer.domain.record import EmailRecord
from encore.mailer.ports import EmailRecords
from encore.mailer.use_cases.write_copy import Copywriter, WrittenCopy
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Objects
from encore.runtime.runs.stage import PartResult

CONTENT_TYPE = "message/rfc822"

log = get_logger()


@dataclass(frozen=True)
class Style:
    """How a shop's emails are written: under which brand, and with figures of which locale."""

    brand: str
    locale: str


@dataclass(frozen=True)
class _Part:
    """The outcome of a part, complete once the part is mailed."""

    records: list[EmailRecord]
    failed: list[str]
    """Ids of the customers for whom no email could be made."""


class MailPart:
    """Writes, composes and stores one email per customer.

    At most `parallel` emails are being made at a time, over all parts, so a crash costs no more than these.
    """

    def __init__(
        self,
        *,
        objects: Objects,
        records: EmailRecords,
        copywriter: Copywriter,
        composer: Composer,
        style: Style,
        parallel: int,
        model_id: str,
    ) -> None:
        self._objects = objects
        self._records = records
        self._copywriter = copywriter
        self._composer = composer
        self._style = style
        self._parallel = parallel
        self._model_id = model_id
        self._running = asyncio.Semaphore(parallel)

    async def run(self, run_id: str, *, key: str) -> PartResult:
        """Mail the recommendations stored under `key`; return what all emails of the part came to.

        Emails that an earlier delivery finished are kept; a new one is saved as soon as it is finished. After
        a failure that affects more than one customer nothing new is started, and the failure is raised once
        what was under way has been saved.
        """
        recommendations = await self._objects.get_lines(key, Recommendation)
        wanted = {recommendation.customer_id: recommendation for recommendation in recommendations}
        existing = await self._records.existing(run_id, list(wanted))
        missing = [wanted[customer_id] for customer_id in wanted if customer_id not in existing]
        part, commit = _Part(list(existing.values()), failed=[]), GroupCommit(self._records)
        await for_each(
            missing, lambda each: self._mail_one(run_id, each, part, commit), parallel=self._parallel
        )
        return _result(part, self._model_id)

    async def _mail_one(
        self, run_id: str, recommendation: Recommendation, part: _Part, commit: "GroupCommit"
    ) -> None:
        async with self._running:
            try:
                facts = email_facts(recommendation, brand=self._style.brand, locale=self._style.locale)
                written = await self._copywriter.write(facts)
                composed = self._composer.compose(
                    facts, written.copy, source=written.source, run_id=run_id, date=datetime.now(UTC)
                )
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                log.warning("email_failed", customer_id=recommendation.customer_id, error=repr(error))
                part.failed.append(recommendation.customer_id)
                return
            record = _record(run_id, facts, written, composed)
            await self._objects.put(record.key, composed.message, content_type=CONTENT_TYPE)
            await commit.save(record)
            part.records.append(record)


class GroupCommit:
    """Writes a record at once or, while a write is under way, together with all that arrived meanwhile."""

    def __init__(self, records: EmailRecords) -> None:
        self._records = records
        self._unsaved: list[EmailRecord] = []
        self._next_write: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def save(self, record: EmailRecord) -> None:
        """Return once the record is saved: a caller who waits pays for nothing that a crash could lose.

        Raises the error of the write that failed.
        """
        self._unsaved.append(record)
        if self._next_write is None:
            self._next_write = asyncio.create_task(self._write())
        await asyncio.shield(self._next_write)

    async def _write(self) -> None:
        async with self._writing:
            batch, self._unsaved, self._next_write = self._unsaved, [], None
            await self._records.put_all(batch)


def _record(run_id: str, facts: EmailFacts, written: WrittenCopy, composed: ComposedEmail) -> EmailRecord:
    return EmailRecord(
        run_id=run_id,
        customer_id=facts.customer_id,
        key=object_keys.email(run_id, facts.customer_id),
        subject=composed.subject,
        preheader=composed.preheader,
        copy_source=written.source,
        product_ids=tuple(product.entry.product_id for product in facts.products),
        problems=written.problems,
        model_calls=written.calls,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        created_at=datetime.now(UTC),
    )


def _result(part: _Part, model_id: str) -> PartResult:
    sources = Counter(record.copy_source for record in part.records)
    return PartResult(
        counts={
            "emails": len(part.records),
            "emails_template_copy": sources[CopySource.TEMPLATE],
            "emails_failed": len(part.failed),
            "copy_repairs": sum(record.model_calls > 1 for record in part.records),
        },
        units={
            f"bedrock.input_tokens.{model_id}": sum(record.input_tokens for record in part.records),
            f"bedrock.output_tokens.{model_id}": sum(record.output_tokens for record in part.records),
            "s3.puts": len(part.records),
            "dynamodb.writes": len(part.records),
        },
        events=[_finished(record) for record in part.records],
    )


def _finished(record: EmailRecord) -> EmailFinished:
    template_copy = record.copy_source is CopySource.TEMPLATE
    return EmailFinished(customer_id=record.customer_id, key=record.key, template_copy=template_copy)
