"""Makes the emails of one part, so that a repeated part repeats no paid work."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from encore.contracts import object_keys
from encore.contracts.records import Recommendation
from encore.mailer.domain.facts.facts import EmailFacts, email_facts
from encore.mailer.domain.message.compose import Composed, Composer
from encore.mailer.domain.record import EmailRecord
from encore.mailer.use_cases.save_records import Records, Saver
from encore.mailer.use_cases.write_copy import Copywriter, Written
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Objects

CONTENT_TYPE = "message/rfc822"

log = get_logger()


class EmailRecords(Records, Protocol):
    """The emails that stand; see `encore.mailer.adapters.emails.EmailTable`."""

    async def standing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one, by customer id."""
        ...


@dataclass(frozen=True)
class PartEmails:
    """What became of a part's customers."""

    records: tuple[EmailRecord, ...]
    failed: tuple[str, ...]
    """Ids of customers for whom no email could be made."""


@dataclass(frozen=True)
class Style:
    """How a shop's emails speak."""

    brand: str
    locale: str


class PartMailer:
    """Writes, composes and stores one email a customer.

    At most `parallel` are in the making at a time, over all parts, so a crash loses no more than these.
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
        self._slots = asyncio.Semaphore(parallel)

    async def mail(self, run_id: str, recommendations: Iterable[Recommendation]) -> PartEmails:
        """Return a record for every customer who has an email now.

        Emails that stand from an earlier delivery are taken as they are; new ones are saved as they are
        finished. When something fails that concerns more than one customer, nothing more is begun, and the
        failure is raised when what was under way has been saved.
        """
        wanted = {recommendation.customer_id: recommendation for recommendation in recommendations}
        standing = await self._records.standing(run_id, list(wanted))
        missing = [wanted[customer_id] for customer_id in wanted if customer_id not in standing]
        part = _Part(Saver(self._records), standing)
        await for_each(missing, lambda each: self._mail_one(run_id, each, part), parallel=self._parallel)
        return PartEmails(records=tuple(part.records.values()), failed=tuple(part.failed))

    async def _mail_one(self, run_id: str, recommendation: Recommendation, part: "_Part") -> None:
        async with self._slots:
            await self._make(run_id, recommendation, part)

    async def _make(self, run_id: str, recommendation: Recommendation, part: "_Part") -> None:
        customer_id = recommendation.customer_id
        try:
            facts = email_facts(recommendation, brand=self._style.brand, locale=self._style.locale)
            written = await self._copywriter.write(facts)
            composed = self._compose(run_id, recommendation, facts, written)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            log.warning("email_failed", customer_id=customer_id, error=repr(error))
            part.failed.append(customer_id)
            return
        key = object_keys.email(run_id, customer_id)
        await self._objects.put(key, composed.message, content_type=CONTENT_TYPE)
        await part.add(_record(run_id, key, facts, written, composed))

    def _compose(
        self, run_id: str, recommendation: Recommendation, facts: EmailFacts, written: Written
    ) -> Composed:
        now = datetime.now(UTC)
        return self._composer.compose(facts, written, run_id=run_id, address=recommendation.email, date=now)


class _Part:
    """What has become of a part's customers so far."""

    def __init__(self, saver: Saver, standing: Mapping[str, EmailRecord]) -> None:
        self._saver = saver
        self.records = dict(standing)
        self.failed: list[str] = []

    async def add(self, record: EmailRecord) -> None:
        await self._saver.save(record)
        self.records[record.customer_id] = record


def _record(run_id: str, key: str, facts: EmailFacts, written: Written, composed: Composed) -> EmailRecord:
    return EmailRecord(
        run_id=run_id,
        customer_id=facts.customer_id,
        key=key,
        subject=composed.subject,
        preheader=composed.preheader,
        copy_source=written.source,
        product_ids=tuple(product.product.product_id for product in facts.products),
        problems=written.problems,
        model_calls=written.calls,
        input_tokens=written.input_tokens,
        output_tokens=written.output_tokens,
        created_at=datetime.now(UTC),
    )
