"""Renders a part's finished emails anew of which something was struck; nothing is asked, nothing is paid.

The part is the sender's meanwhile: what has been handed over stays as it was sent. Messages come first, then
records, the list for delivery, the index and the counts; then the part is through. All of it follows from
what the run has stored and from its strikes, so that a crash, a repetition and another order of revisions end
in the same bytes. An email without any of them is not touched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.contracts.email_index import EmailIndexRow, WordingCount, customer_digest
from fondly.contracts.records import EmailRecord, Recommendation
from fondly.contracts.revisions import RunRevisions
from fondly.mailer.use_cases.count_part import VARIANTS, email_counts
from fondly.mailer.use_cases.email_index import IndexEntry, index_entry, write_email_index
from fondly.mailer.use_cases.email_records import handed_over, record_of, without_email
from fondly.mailer.use_cases.mail_part import CONTENT_TYPE, MailPart
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.mailer.use_cases.read_facts import UNUSABLE, PartFacts
from fondly.mailer.use_cases.write_copy import PartCopy, WrittenCopy
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Items
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName, part_name

INDEX = "email-index"
HANDED_OVER = frozenset({Outcome.SENDING, Outcome.SENT, Outcome.IN_DOUBT})
log = get_logger()


@dataclass
class _Part:
    """The part as it is stored, and what becomes of it."""

    run_id: str
    number: int
    revisions: RunRevisions
    recommendations: Mapping[str, Recommendation]
    records: dict[str, EmailRecord]
    rows: Mapping[str, EmailIndexRow]
    wordings: dict[str, WordingCount]
    """Those that the part's emails had before, by digest."""
    facts: PartFacts
    copy: PartCopy
    touched: Collection[str]
    """Ids of the customers whose email has something that was struck, and has not been handed over."""
    struck: set[str]
    """Ids of the customers who get no email any more, those of before among them."""
    entries: dict[str, IndexEntry] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RenderAnew:
    """Renders parts anew as their run's strikes want it."""

    mail_part: MailPart
    """How emails are made; its copywriter can ask nobody."""
    revisions: Revisions
    ledger: Ledger
    locks: Locks
    dispatches: Items

    async def run(self, run_id: str, number: int, *, holder: str) -> None:
        """Render a part if it waits for that, and close what revision it is the last part of."""
        async with self.locks.hold(run_id, StageName.SENDER, part_name(number), holder=holder):
            while number in (revisions := await self.revisions.find(run_id)).pending:
                await self._render(revisions, number)
                if await self.revisions.pass_part(run_id, number, revisions.number):
                    break
        async with self.locks.hold(run_id, StageName.MAILER, INDEX, holder=holder):
            await self._close(run_id)

    async def _close(self, run_id: str) -> None:
        """Make the run's index anew once all parts are through."""
        revisions = await self.revisions.find(run_id)
        if revisions.pending or revisions.is_complete:
            return
        parts = (await self.ledger.run(run_id)).stage(StageName.MAILER).done
        await merge_email_index(self.mail_part.objects, run_id, sorted(parts))
        await self.revisions.merged(run_id, revisions.number)
        log.info("revision_complete", revision=revisions.number)

    async def _render(self, revisions: RunRevisions, number: int) -> None:
        part = await self._read(revisions, number)
        await for_each(part.touched, lambda each: self._email(part, each), parallel=self.mail_part.parallel)
        for customer_id in part.records.keys() - part.touched:
            self._as_it_was(part, customer_id)
        await self._keep(part)
        log.info("part_rendered_anew", part=number, emails=len(part.touched), struck=len(part.struck))

    async def _read(self, revisions: RunRevisions, number: int) -> _Part:
        run_id, made = revisions.run_id, self.mail_part
        listed = await made.objects.get_lines(object_keys.recommendations(run_id, number), Recommendation)
        everybody = {each.customer_id: each for each in listed}
        records = await made.records.existing(run_id, list(everybody))
        rows = await made.objects.find_lines(object_keys.email_index(run_id, number), EmailIndexRow)
        words = await made.objects.find_lines(object_keys.email_wordings(run_id, number), WordingCount)
        facts = made.read_facts(
            (everybody[each] for each in records),
            without=lambda each: revisions.products_without(customer_digest(each)),
        )
        return _Part(
            run_id=run_id,
            number=number,
            revisions=revisions,
            recommendations=everybody,
            records=records,
            rows={each.customer_id: each for each in rows if each.customer_id in records},
            wordings={each.digest: each for each in words},
            facts=facts,
            copy=await made.copywriter.recall(list(facts.emails.values()), payer=""),
            touched=await self._touched(revisions, [each for each in rows if each.customer_id in records]),
            struck=set(await made.records.existing(run_id, list(everybody), struck=True)),
        )

    async def _touched(self, revisions: RunRevisions, rows: Sequence[EmailIndexRow]) -> set[str]:
        """Return whose email has something that was struck, unless it has been handed over."""
        found = {row.customer_id for row in rows if revisions.concerns(row)}
        keys = [{"run_id": revisions.run_id, "customer_id": each} for each in found]
        dispatches = map(Dispatch.model_validate, await self.dispatches.get_all(keys))
        return found - {each.customer_id for each in dispatches if each.outcome in HANDED_OVER}

    async def _email(self, part: _Part, customer_id: str) -> None:
        """Store one email as it is now, or that there is none any more."""
        has_email = part.revisions.has_email(customer_digest(customer_id))
        facts, before = part.facts.emails.get(customer_id), part.records[customer_id]
        if facts is None or not has_email:
            await self._store(part, without_email(before), b"")
            part.struck.add(customer_id)
            return
        written, made = self._written(part, customer_id), self.mail_part
        text, source = written.assembled.copy, written.assembled.source
        composed = made.composer.compose(
            facts, text, source=source, run_id=part.run_id, date=before.created_at
        )
        recommendation = part.recommendations[customer_id]
        record = record_of(
            part.run_id,
            recommendation,
            facts,
            written,
            composed,
            part=part.number,
            model_id=made.copywriter.ask_once.model_id,
        ).model_copy(update={"created_at": before.created_at})
        await self._store(part, record, composed.message)
        part.entries[customer_id] = index_entry(part.number, recommendation, facts, written, record)

    async def _store(self, part: _Part, record: EmailRecord, message: bytes) -> None:
        await self.mail_part.objects.put(record.key, message, content_type=CONTENT_TYPE)
        await self.mail_part.records.put_all([record])
        part.records[record.customer_id] = record

    def _written(self, part: _Part, customer_id: str) -> WrittenCopy:
        seed, facts = f"{part.run_id}\n{customer_id}", part.facts.emails[customer_id]
        return self.mail_part.copywriter.write(facts, part.copy, seed=seed, revisions=part.revisions)

    def _as_it_was(self, part: _Part, customer_id: str) -> None:
        """Index an email as before; its texts, which only patterns are counted of, are put together again."""
        if (row := part.rows.get(customer_id)) is None:
            return
        entry = IndexEntry(row, [], [])
        if (facts := part.facts.emails.get(customer_id)) is not None:
            record, recommendation = part.records[customer_id], part.recommendations[customer_id]
            try:
                written = self._written(part, customer_id)
                entry = index_entry(part.number, recommendation, facts, written, record)
            except UNUSABLE as error:
                log.warning("email_not_read", error=type(error).__name__)
        known = {each.digest: each for each in entry.wordings} | part.wordings
        words = [known[each] for each in row.wordings.values() if each in known]
        part.entries[customer_id] = IndexEntry(row, words, entry.texts)

    async def _keep(self, part: _Part) -> None:
        """Store the list for delivery, the index and the counts, in the order of the part's customers."""
        objects, key = self.mail_part.objects, object_keys.mailed(part.run_id, part.number)
        lines = [
            self._line(part, each)
            for each in await objects.get_lines(key, FinishedEmail)
            if each.customer_id not in part.struck
        ]
        await objects.put_lines(key, lines)
        entries = [part.entries[each] for each in part.recommendations if each in part.entries]
        await write_email_index(objects, part.run_id, part.number, entries)
        nowhere = sum(each.address is None and not each.held_out for each in lines)
        await self._count(part, nowhere)

    def _line(self, part: _Part, line: FinishedEmail) -> FinishedEmail:
        customer_id = line.customer_id
        if customer_id not in part.touched:
            return line
        return handed_over(part.records[customer_id], part.recommendations[customer_id].email)

    async def _count(self, part: _Part, without_address: int) -> None:
        """Replace what was counted of emails; what was paid stays."""
        report = await self.ledger.report(part.run_id, StageName.MAILER, part_name(part.number))
        if report is None:
            return
        left = [each for each in part.records.values() if not each.struck]
        kept = {name: number for name, number in report.counts.items() if not name.startswith(VARIANTS)}
        counts = {**kept, **email_counts(left), Counted.EMAILS_STRUCK: len(part.struck)}
        if without_address or Counted.EMAILS_WITHOUT_ADDRESS in kept:
            counts[Counted.EMAILS_WITHOUT_ADDRESS] = without_address
        await self.ledger.record(part.run_id, report.model_copy(update={"counts": counts}))
