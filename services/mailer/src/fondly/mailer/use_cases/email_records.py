"""What is kept of finished emails, and what delivery is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import FinishedEmail
from fondly.contracts.records import CopySource, EmailRecord, Recommendation
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.message.addresses import deliverable, recipient
from fondly.mailer.domain.message.compose import ComposedEmail
from fondly.mailer.use_cases.write_copy import WrittenCopy
from fondly.runtime.ports import Items


@dataclass(frozen=True)
class EmailRecords:
    """The table of finished emails, keyed by run and customer."""

    items: Items

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record."""
        await self.items.put_all([record.model_dump(mode="json") for record in records])

    async def existing(
        self, run_id: str, customer_ids: Sequence[str], *, struck: bool = False
    ) -> dict[str, EmailRecord]:
        """Return the records of those customers who have an email, or whose email was `struck`, by id."""
        keys = [{"run_id": run_id, "customer_id": customer_id} for customer_id in customer_ids]
        found = map(EmailRecord.model_validate, await self.items.get_all(keys))
        return {record.customer_id: record for record in found if record.struck is struck}


def handed_over(record: EmailRecord, address: str | None) -> FinishedEmail:
    """Return what delivery is told of a finished email."""
    told = record.model_dump(include={"customer_id", "key", "language", "time_zone", "subject", "variant"})
    return _told(address, **told)


def without_email(record: EmailRecord) -> EmailRecord:
    """Return what is kept of an email that was struck: that there was one, and nothing of what it said."""
    kept = {"run_id", "customer_id", "language", "time_zone", "key", "part", "created_at"}
    empty: dict[str, Any] = {"subject": "", "preheader": "", "product_ids": (), "struck": True}
    return EmailRecord(**record.model_dump(include=kept), **empty, copy_source=CopySource.TEMPLATE)


def for_comparison(recommendation: Recommendation) -> FinishedEmail:
    """Return what delivery is told of a customer who gets no email, for comparison."""
    told = recommendation.model_dump(include={"customer_id", "language", "time_zone"})
    return _told(recommendation.email, key="", held_out=True, **told)


def _told(address: str | None, *, customer_id: str, key: str, **told: Any) -> FinishedEmail:  # noqa: ANN401 - members
    plain = deliverable(address)
    placeholder = None if plain else recipient(customer_id, None)
    return FinishedEmail(customer_id=customer_id, key=key, address=plain, placeholder=placeholder, **told)


def record_of(
    run_id: str,
    recommendation: Recommendation,
    facts: EmailFacts,
    written: WrittenCopy,
    composed: ComposedEmail,
    *,
    part: int,
    model_id: str,
) -> EmailRecord:
    """Return the record of a composed email."""
    return EmailRecord(
        run_id=run_id,
        customer_id=facts.customer_id,
        part=part,
        language=recommendation.language,
        time_zone=recommendation.time_zone,
        key=object_keys.email(run_id, facts.customer_id),
        subject=composed.subject,
        variant=written.variant,
        preheader=composed.preheader,
        copy_source=written.assembled.source,
        template_fields=written.assembled.template_fields,
        occasion=facts.occasion,
        product_ids=tuple(product.entry.product_id for product in facts.products),
        links_left_out=composed.links_left_out,
        model_id=model_id,
        prompt_keys=written.prompt_keys,
        repair_keys=written.repair_keys,
        judge_keys=written.judge_keys,
        evidence=written.assembled.evidence,
        created_at=utc_now(),
    )
