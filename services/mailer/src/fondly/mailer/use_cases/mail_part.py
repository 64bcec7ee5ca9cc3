"""Makes the emails of one part; a repeated part repeats no paid work."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.contracts.email_index import EmailIndexRow
from fondly.contracts.records import EmailRecord, Product, Recommendation
from fondly.contracts.revisions import RunRevisions
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.use_cases.ask_consent import AskConsent, Consented
from fondly.mailer.use_cases.ask_once import PaidReply
from fondly.mailer.use_cases.count_part import Paid, claim_counts, copy_records, part_result
from fondly.mailer.use_cases.email_index import IndexEntry, index_entry, write_email_index
from fondly.mailer.use_cases.email_records import EmailRecords, for_comparison, handed_over, record_of
from fondly.mailer.use_cases.pin_settings import PinSettings
from fondly.mailer.use_cases.read_facts import UNUSABLE, ReadFacts
from fondly.mailer.use_cases.shape_emails import Shape
from fondly.mailer.use_cases.write_copy import Copywriter, PartCopy, WrittenCopy
from fondly.runtime.batches import batches
from fondly.runtime.gather import Gather
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Objects
from fondly.runtime.runs.stage import PartResult

CONTENT_TYPE = "message/rfc822"
PROMPTS_PER_FILE = 200

log = get_logger()


@dataclass
class Part:
    """The outcome of a part, complete once the part is mailed."""

    run_id: str
    number: int
    key: str
    """Of its recommendations; the part is the payer by this name."""
    consented: Consented
    copy: PartCopy
    records: list[EmailRecord]
    failed: dict[str, str] = field(default_factory=dict)
    """Why no email could be made, by customer id."""
    held_out: list[str] = field(default_factory=list)
    """Ids of the customers for whom an email could have been made, but for the draw."""
    without_address: int = 0
    """How many of the finished emails have nowhere to go."""
    copies: list[str] = field(default_factory=list)
    """Keys of the files of prompts that were written."""
    entries: dict[str, IndexEntry] = field(default_factory=dict)
    """What is indexed of each email, by customer id."""
    rows: Mapping[str, EmailIndexRow] = field(default_factory=dict)
    """What is indexed of emails that stay as they are, by customer id."""
    revisions: RunRevisions | None = None
    """What people have struck of the run's emails."""
    made_at: Mapping[str, datetime] = field(default_factory=dict)
    """When emails were made that are rendered anew, by customer id."""

    @cached_property
    def wanted(self) -> Mapping[str, Recommendation]:
        """The recommendations by customer id."""
        return {each.customer_id: each for each in self.consented.recommendations}


@dataclass(frozen=True, kw_only=True)
class MailPart:
    """Writes, composes and stores one email per customer, `parallel` at a time over all parts."""

    objects: Objects
    ask_consent: AskConsent
    records: EmailRecords
    read_facts: ReadFacts
    copywriter: Copywriter
    composer: Composer
    parallel: int
    pin: PinSettings | None = None
    """Says what shapes the emails of a run; without it all are shaped as this is."""
    at_once: asyncio.Semaphore | None = None
    """That of the process, where this is of one run."""

    def shaped(self, shape: Shape) -> "MailPart":
        """Return what makes emails of this shape alone."""
        return replace(
            self,
            pin=None,
            at_once=self._running,
            read_facts=shape.read_facts,
            copywriter=replace(self.copywriter, style=shape.style, subjects=shape.subjects),
            composer=shape.composer,
        )

    @cached_property
    def _running(self) -> asyncio.Semaphore:
        return self.at_once or asyncio.Semaphore(self.parallel)

    async def run(self, run_id: str, number: int, *, key: str) -> PartResult:
        """Mail a part's recommendations, stored under `key`; return what all its emails came to.

        Nothing is paid for customers who must not be written to, or are held out. Emails that an earlier
        attempt finished are kept; a new one is saved as soon as it is finished. After a failure that affects
        more than one customer nothing new is started, and the failure is raised once what was under way has
        been saved.
        """
        if self.pin is not None:
            return await self.shaped(await self.pin.of(run_id)).run(run_id, number, key=key)
        consented = await self.ask_consent(run_id, await self.objects.get_lines(key, Recommendation))
        everybody = [
            each.customer_id for each in consented.recommendations if each.customer_id not in consented.drawn
        ]
        existing = await self.records.existing(run_id, everybody)
        recommendations = consented.allowed(existing)
        facts = self.read_facts(each for each in recommendations if each.customer_id not in existing)
        of_existing = self.read_facts(each for each in recommendations if each.customer_id in existing)
        # Only who would have got an email is comparable with those who do.
        held_out = self.read_facts(consented.held_out)
        failed = facts.failed | held_out.failed
        copy = await self.copywriter.prepare((facts.emails | of_existing.emails).values(), payer=key)
        part = Part(run_id, number, key, consented, copy, [*existing.values()], failed, list(held_out.emails))
        await self._keep_copies(part)
        await self.make(part, facts.emails.values())
        await self.hand_over(part, of_existing.emails.values())
        left_out = len(facts.left_out) + len(held_out.left_out)
        return await self._result(part, recommendations, left_out=left_out)

    async def make(self, part: Part, facts: Iterable[EmailFacts]) -> None:
        """Write, compose and store emails, and index them; note which cannot be made."""
        save = Gather(self.records.put_all)
        await for_each(facts, lambda each: self._mail_one(part, each, save), parallel=self.parallel)

    async def hand_over(self, part: Part, kept: Iterable[EmailFacts]) -> None:
        """Index the emails that are kept as they are, too, and list all for delivery and for people."""
        records = {each.customer_id: each for each in part.records}
        for each in kept:
            with suppress(*UNUSABLE):
                self._index(part, each, self._written(part, each), records[each.customer_id])
        await self._hand_to_delivery(part)
        entries = (part.entries.get(each.customer_id) for each in part.consented.recommendations)
        await write_email_index(self.objects, part.run_id, part.number, list(filter(None, entries)))

    async def _mail_one(self, part: Part, facts: EmailFacts, save: "Gather[EmailRecord, None]") -> None:
        recommendation = part.wanted[facts.customer_id]
        async with self._running:
            at = part.made_at.get(facts.customer_id) or utc_now()
            try:
                written = self._written(part, facts)
                composed = self.composer.compose(
                    facts,
                    written.assembled.copy,
                    source=written.assembled.source,
                    run_id=part.run_id,
                    date=at,
                )
            except UNUSABLE as error:
                part.failed[facts.customer_id] = repr(error)
                return
            model_id = self.copywriter.ask_once.model_id
            record = record_of(
                part.run_id, recommendation, facts, written, composed, part=part.number, model_id=model_id
            ).model_copy(update={"created_at": at})
            await self.objects.put(record.key, composed.message, content_type=CONTENT_TYPE)
            await save.add(record)
            part.records.append(record)
            self._index(part, facts, written, record)

    def _written(self, part: Part, facts: EmailFacts) -> WrittenCopy:
        seed = f"{part.run_id}\n{facts.customer_id}"
        return self.copywriter.write(facts, part.copy, seed=seed, revisions=part.revisions)

    def _index(self, part: Part, facts: EmailFacts, written: WrittenCopy, record: EmailRecord) -> None:
        customer_id = facts.customer_id
        entry = index_entry(part.number, part.wanted[customer_id], facts, written, record)
        part.entries[customer_id] = entry._replace(row=part.rows.get(customer_id, entry.row))

    async def _hand_to_delivery(self, part: Part) -> None:
        """List the part's finished emails and who is held out, in the order of its customers."""
        finished = {record.customer_id: record for record in part.records}
        held_out = set(part.held_out)
        lines = []
        for each in part.consented.recommendations:
            if each.customer_id in held_out:
                lines.append(for_comparison(each))
            elif each.customer_id in finished:
                lines.append(handed_over(finished[each.customer_id], each.email))
        await self.objects.put_lines(object_keys.mailed(part.run_id, part.number), lines)
        part.without_address = sum(line.address is None and not line.held_out for line in lines)

    async def _keep_copies(self, part: Part) -> None:
        """Store the prompts that the part's words come from, many as one object."""
        for prompts in batches(list(copy_records(part.copy, payer=part.key)), PROMPTS_PER_FILE):
            key = object_keys.copy(part.run_id, part.number, prompts[0].prompt_key)
            await self.objects.put_lines(key, prompts)
            part.copies.append(key)

    async def _result(
        self, part: Part, recommendations: Sequence[Recommendation], *, left_out: int
    ) -> PartResult:
        for customer_id, reason in part.failed.items():
            log.warning("email_failed", customer_id=customer_id, error=reason)
        outcome = part_result(
            part.records,
            Paid(await self._replies(part), part.key),
            failed=len(part.failed),
            left_out=left_out,
            copies=len(part.copies),
            refused=part.consented.refused,
        )
        return replace(
            outcome,
            counts={
                **outcome.counts,
                **part.consented.counts({record.customer_id for record in part.records}),
                **({Counted.CUSTOMERS_HELD_OUT: len(part.held_out)} if part.held_out else {}),
                **({Counted.EMAILS_WITHOUT_ADDRESS: part.without_address} if part.without_address else {}),
                **claim_counts(_products(recommendations)),
            },
            units={**outcome.units, "dynamodb.reads": part.consented.read_units},
        )

    async def _replies(self, part: Part) -> dict[str, PaidReply]:
        """Return the replies that the part's emails come from, those of an earlier attempt among them."""
        replies = part.copy.replies
        asked = {key for record in part.records for key in (*record.prompt_keys, *record.repair_keys)}
        judged = {key for record in part.records for key in record.judge_keys}
        replies |= await self.copywriter.ask_once.find(asked - replies.keys())
        if judge := self.copywriter.judge:
            replies |= await judge.find(judged - replies.keys())
        return replies


def _products(recommendations: Sequence[Recommendation]) -> Iterator[Product]:
    return (pick.product for recommendation in recommendations for pick in recommendation.picks)
