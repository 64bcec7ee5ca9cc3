"""Makes the emails of one part; a repeated part repeats no paid work."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.mailer.domain.facts.email import EmailFacts, email_facts
from encore.mailer.domain.message.compose import ComposedEmail, Composer
from encore.mailer.domain.record import EmailRecord
from encore.mailer.ports import EmailRecords
from encore.mailer.use_cases.write_copy import Copywriter, WrittenCopy
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Objects

CONTENT_TYPE = "message/rfc822"

log = get_logger()


@dataclass(frozen=True)
class PartEmails:
    """The outcome of a part."""

    records: tuple[EmailRecord, ...]
    failed: tuple[str, ...]
    """Ids of the customers for whom no email could be made."""


@dataclass(frozen=True)
class Style:
    """How a shop's emails are written: under which brand, and with figures of which locale."""

    brand: str
    locale: str


class PartMailer:
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
    ) -> None:
        self._objects = objects
        self._records = records
        self._copywriter = copywriter
        self._composer = composer
        self._style = style
        self._parallel = parallel
        self._running = asyncio.Semaphore(parallel)

    async def mail(self, run_id: str, recommendations: Iterable[Recommendation]) -> PartEmails:
        """Return the record of every customer who now has an email.

        Emails that an earlier delivery finished are kept; a new one is saved as soon as it is finished. After
        a failure that affects more than one customer nothing new is started, and the failure is raised once
        what was under way has been saved.
        """
        wanted = {recommendation.customer_id: recommendation for recommendation in recommendations}
        existing = await self._records.existing(run_id, list(wanted))
        missing = [wanted[customer_id] for customer_id in wanted if customer_id not in existing]
        part = _PartInProgress(run_id, GroupCommit(self._records), dict(existing))
        await for_each(missing, lambda each: self._mail_one(each, part), parallel=self._parallel)
        return PartEmails(records=tuple(part.records.values()), failed=tuple(part.failed))

    async def _mail_one(self, recommendation: Recommendation, part: "_PartInProgress") -> None:
        async with self._running:
            await self._make(recommendation, part)

    async def _make(self, recommendation: Recommendation, part: "_PartInProgress") -> None:
        customer_id = recommendation.customer_id
        try:
            facts = email_facts(recommendation, brand=self._style.brand, locale=self._style.locale)
            written = await self._copywriter.write(facts)
            composed = self._compose(part.run_id, recommendation, facts, written)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            log.warning("email_failed", customer_id=customer_id, error=repr(error))
            part.failed.append(customer_id)
            return
        key = object_keys.email(part.run_id, customer_id)
        await self._objects.put(key, composed.message, content_type=CONTENT_TYPE)
        await part.add(_record(part.run_id, key, facts, written, composed))

    def _compose(
        self, run_id: str, recommendation: Recommendation, facts: EmailFacts, written: WrittenCopy
    ) -> ComposedEmail:
        return self._composer.compose(
            facts,
            written.copy,
            copy_source=written.source,
            run_id=run_id,
            address=recommendation.email,
            date=datetime.now(UTC),
        )


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


@dataclass
class _PartInProgress:
    """The records and failures of a part so far."""

    run_id: str
    commit: GroupCommit
    records: dict[str, EmailRecord]
    failed: list[str] = field(default_factory=list)

    async def add(self, record: EmailRecord) -> None:
        await self.commit.save(record)
        self.records[record.customer_id] = record


def _record(
    run_id: str, key: str, facts: EmailFacts, written: WrittenCopy, composed: ComposedEmail
) -> EmailRecord:
    return EmailRecord(
        run_id=run_id,
        customer_id=facts.customer_id,
        key=key,
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
