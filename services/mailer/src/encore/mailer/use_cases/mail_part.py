"""Makes the emails of one part; a repeated part repeats no paid work."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from encore.contracts import object_keys
from encore.contracts.records import Product, Recommendation
from encore.mailer.domain.facts.email import EmailFacts, email_facts
from encore.mailer.domain.facts.experience import Occasion
from encore.mailer.domain.message.compose import ComposedEmail, Composer
from encore.mailer.domain.record import CopyRecord, EmailRecord
from encore.mailer.ports import EmailRecords
from encore.mailer.use_cases.count_part import claim_counts, copy_record, part_result
from encore.mailer.use_cases.know_features import KnowFeatures
from encore.mailer.use_cases.write_copy import Copywriter, PartCopy, WrittenCopy
from encore.runtime.gather import Gather
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Objects
from encore.runtime.runs.stage import PartResult

CONTENT_TYPE = "message/rfc822"

log = get_logger()


@dataclass(frozen=True)
class _Part:
    """The outcome of a part, complete once the part is mailed."""

    run_id: str
    number: int
    copy: PartCopy
    records: list[EmailRecord]
    failed: list[str] = field(default_factory=list)
    """Ids of the customers for whom no email could be made."""
    left_out: list[str] = field(default_factory=list)
    """Ids of the customers with only bad experiences, if the shop leaves them alone."""
    copies: list[str] = field(default_factory=list)
    """Keys of the files of prompts that were written."""


class MailPart:
    """Writes, composes and stores one email per customer.

    At most `parallel` emails are being made at a time, over all parts, so a crash costs no more than these.
    """

    def __init__(
        self,
        *,
        objects: Objects,
        records: EmailRecords,
        features: KnowFeatures,
        copywriter: Copywriter,
        composer: Composer,
        parallel: int,
        leave_out_unhappy: bool = False,
    ) -> None:
        self._objects = objects
        self._records = records
        self._features = features
        self._copywriter = copywriter
        self._composer = composer
        self._parallel = parallel
        self._leave_out_unhappy = leave_out_unhappy
        self._running = asyncio.Semaphore(parallel)

    async def run(self, run_id: str, number: int, *, key: str) -> PartResult:
        """Mail a part's recommendations, stored under `key`; return what all its emails came to.

        Emails that an earlier delivery finished are kept; a new one is saved as soon as it is finished. After
        a failure that affects more than one customer nothing new is started, and the failure is raised once
        what was under way has been saved.
        """
        recommendations = await self._objects.get_lines(key, Recommendation)
        wanted = {recommendation.customer_id: recommendation for recommendation in recommendations}
        existing = await self._records.existing(run_id, list(wanted))
        features = await self._features.run(_products(recommendations), payer=key)
        # The email that the prompt was counted with may be the one whose record was lost in a crash.
        counted = {each.prompt_key for each in existing.values() if each.model_calls or each.problems}
        part = _Part(run_id, number, PartCopy(payer=key, counted=counted), list(existing.values()))
        shown = {product_id: record.features for product_id, record in features.items()}
        save = Gather(self._records.put_all)
        keep = Gather(partial(self._keep_copies, part))
        try:
            await for_each(
                [wanted[customer_id] for customer_id in wanted if customer_id not in existing],
                lambda each: self._mail_one(each, shown, part, save, keep),
                parallel=self._parallel,
            )
        finally:
            part.copy.is_left = True
        paid = [record for record in features.values() if record.payer == key]
        outcome = part_result(
            part.records,
            paid,
            failed=len(part.failed),
            left_out=len(part.left_out),
            copies=len(part.copies),
        )
        return replace(outcome, counts={**outcome.counts, **claim_counts(_products(recommendations))})

    async def _mail_one(
        self,
        recommendation: Recommendation,
        features: Mapping[str, Sequence[str]],
        part: _Part,
        save: "Gather[EmailRecord, None]",
        keep: "Gather[CopyRecord, None]",
    ) -> None:
        style, run_id = self._copywriter.style, part.run_id
        async with self._running:
            try:
                facts = email_facts(recommendation, brand=style.brand, locale=style.locale, features=features)
                if self._leave_out_unhappy and facts.occasion is Occasion.SORRY:
                    part.left_out.append(recommendation.customer_id)
                    return
                written = await self._copywriter.write(
                    facts, part.copy, seed=f"{run_id}\n{facts.customer_id}"
                )
                composed = self._composer.compose(
                    facts, written.copy, source=written.source, run_id=run_id, date=datetime.now(UTC)
                )
            except (ArithmeticError, LookupError, ValueError) as error:
                log.warning("email_failed", customer_id=recommendation.customer_id, error=repr(error))
                part.failed.append(recommendation.customer_id)
                return
            record = _record(run_id, recommendation, facts, written, composed, payer=part.copy.payer)
            if written.is_first:
                await keep.add(copy_record(written, payer=part.copy.payer))
            await self._objects.put(record.key, composed.message, content_type=CONTENT_TYPE)
            await save.add(record)
            part.records.append(record)

    async def _keep_copies(self, part: _Part, prompts: Sequence[CopyRecord]) -> None:
        """Store prompts that were answered at about the same time as one object."""
        key = object_keys.copy(part.run_id, part.number, prompts[0].prompt_key)
        await self._objects.put_lines(key, prompts)
        part.copies.append(key)


def _products(recommendations: Sequence[Recommendation]) -> Iterator[Product]:
    return (pick.product for recommendation in recommendations for pick in recommendation.picks)


def _record(
    run_id: str,
    recommendation: Recommendation,
    facts: EmailFacts,
    written: WrittenCopy,
    composed: ComposedEmail,
    *,
    payer: str,
) -> EmailRecord:
    wordings = written.wordings
    paid = [each.reply for each in wordings.replies if written.is_first and each.payer == payer]
    return EmailRecord(
        run_id=run_id,
        customer_id=facts.customer_id,
        language=recommendation.language,
        time_zone=recommendation.time_zone,
        key=object_keys.email(run_id, facts.customer_id),
        subject=composed.subject,
        preheader=composed.preheader,
        copy_source=written.source,
        house_fields=written.house_fields,
        occasion=facts.occasion,
        product_ids=tuple(product.entry.product_id for product in facts.products),
        links_left_out=composed.links_left_out,
        problems=tuple(map(str, wordings.judged.verdicts)) if written.is_first else (),
        model_id=wordings.model_id,
        prompt_version=wordings.prompt.version,
        prompt_key=wordings.prompt_key,
        model_calls=len(paid),
        input_tokens=sum(reply.input_tokens for reply in paid),
        output_tokens=sum(reply.output_tokens for reply in paid),
        cache_read_tokens=sum(reply.cache_read_tokens for reply in paid),
        cache_write_tokens=sum(reply.cache_write_tokens for reply in paid),
        created_at=datetime.now(UTC),
    )
