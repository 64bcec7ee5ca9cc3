"""Renders a part's finished emails anew of which something was struck; nothing is asked, nothing is paid.

The part is the sender's meanwhile: what has been handed over stays as it was sent. Messages come first, then
records, the list for delivery, the index and the counts; then the part is through. All of it follows from
what the run has stored and from its strikes, so that a crash, a repetition and another order of revisions end
in the same bytes. An email without any of them is not touched.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.contracts.email_index import EmailIndexRow, customer_digest
from fondly.contracts.records import EmailRecord, Recommendation
from fondly.contracts.revisions import RunRevisions
from fondly.mailer.use_cases.ask_consent import Consented
from fondly.mailer.use_cases.count_part import VARIANTS, email_counts
from fondly.mailer.use_cases.email_records import without_email
from fondly.mailer.use_cases.mail_part import CONTENT_TYPE, MailPart, Part
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Items
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName, part_name

INDEX = "email-index"
HANDED_OVER = frozenset({Outcome.SENDING, Outcome.SENT, Outcome.IN_DOUBT})
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RenderAnew:
    """Renders parts anew as their run's strikes want it."""

    mail_part: MailPart
    """How emails are made; its copywriter can ask nobody."""
    revisions: Revisions
    ledger: Ledger
    locks: Locks
    dispatches: Items

    async def run(self, run_id: str, part: int, *, holder: str) -> None:
        """Render a part if it waits for that; after the last, make the run's index anew."""
        if (pin := self.mail_part.pin) is not None:
            shape = await pin.of(run_id)
            made = self.mail_part.shaped(shape)
            made = replace(made, copywriter=made.copywriter.alone(*shape.models))
            await replace(self, mail_part=made).run(run_id, part, holder=holder)
            return
        async with self.locks.hold(run_id, StageName.SENDER, part_name(part), holder=holder):
            while part in (revisions := await self.revisions.find(run_id)).pending:
                await self._render(revisions, part)
                await self.revisions.pass_part(run_id, part, revisions.number)
        async with self.locks.hold(run_id, StageName.MAILER, INDEX, holder=holder):
            revisions = await self.revisions.find(run_id)
            if revisions.rendering and not revisions.pending:
                parts = (await self.ledger.run(run_id)).stage(StageName.MAILER).done
                await merge_email_index(self.mail_part.objects, run_id, sorted(parts))
                await self.ledger.keep_sums(run_id)
                await self.revisions.merged(run_id, revisions.number)

    async def _render(self, revisions: RunRevisions, part: int) -> None:
        key = object_keys.email_index(revisions.run_id, part)
        rows = await self.mail_part.objects.find_lines(key, EmailIndexRow)
        touched = await self._touched(revisions, rows)
        counts = await self._again(revisions, part, touched, rows)
        log.info("part_rendered_anew", part=part, revision=revisions.number, emails=len(touched))
        report = await self.ledger.report(revisions.run_id, StageName.MAILER, part_name(part))
        if report:  # what was paid stays
            kept = {name: count for name, count in report.counts.items() if not name.startswith(VARIANTS)}
            await self.ledger.record(
                revisions.run_id, report.model_copy(update={"counts": {**kept, **counts}})
            )

    async def _touched(self, revisions: RunRevisions, rows: Sequence[EmailIndexRow]) -> set[str]:
        """Return whose email has something that was struck, and has not been handed over."""
        run_id, found = revisions.run_id, {row.customer_id for row in rows if revisions.concerns(row)}
        keys = [{"run_id": run_id, "customer_id": each} for each in found]
        dispatches = map(Dispatch.model_validate, await self.dispatches.get_all(keys))
        has_email = await self.mail_part.records.existing(run_id, list(found))
        return has_email.keys() - {each.customer_id for each in dispatches if each.outcome in HANDED_OVER}

    async def _again(
        self, revisions: RunRevisions, number: int, touched: AbstractSet[str], rows: Sequence[EmailIndexRow]
    ) -> dict[str, int]:
        """Render the emails of the customers `touched` anew, as strikes want them; return the part's counts.

        All others stay as they are, and the index has them as in its `rows`. A customer for whom nothing is
        left gets no email.
        """
        made = self.mail_part
        run_id, key = revisions.run_id, object_keys.recommendations(revisions.run_id, number)
        listed = await made.objects.get_lines(key, Recommendation)
        wanted = {each.customer_id: each for each in listed}
        existing = await made.records.existing(run_id, list(wanted))
        facts = made.read_facts(
            (wanted[each] for each in existing),
            without=lambda each: revisions.products_without(customer_digest(each)),
        ).emails
        mailed = await made.objects.get_lines(object_keys.mailed(run_id, number), FinishedEmail)
        left = {each for each in touched & facts.keys() if revisions.has_email(customer_digest(each))}
        part = Part(
            run_id,
            number,
            key,
            Consented(listed, {}),
            await made.copywriter.prepare(facts.values(), payer=key),
            [each for customer_id, each in existing.items() if customer_id not in touched],
            held_out=[each.customer_id for each in mailed if each.held_out],
            rows={each: row for row in rows if (each := row.customer_id) in existing.keys() - touched},
            revisions=revisions,
            made_at={customer_id: each.created_at for customer_id, each in existing.items()},
        )
        await self._empty([existing[each] for each in touched - left])
        await made.make(part, (facts[each] for each in left))
        await self._empty([existing[each] for each in part.failed])
        await made.hand_over(part, (facts[each] for each in part.rows if each in facts))
        return {
            **email_counts(part.records),
            Counted.EMAILS_STRUCK: len(await made.records.existing(run_id, list(wanted), struck=True)),
            Counted.EMAILS_WITHOUT_ADDRESS: part.without_address,
        }

    async def _empty(self, records: Sequence[EmailRecord]) -> None:
        """Keep of emails that nobody gets that there were some, and nothing of what they said."""
        for each in records:
            await self.mail_part.objects.put(each.key, b"", content_type=CONTENT_TYPE)
        await self.mail_part.records.put_all([without_email(each) for each in records])
