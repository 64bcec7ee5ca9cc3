"""Taking back what a run's emails say or show, before they go out: wordings, products, whole emails."""

from collections.abc import Collection
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.email_index import USED_OFTEN, EmailIndexRow, WordingCount, customer_digest
from fondly.contracts.records import Recommendation
from fondly.contracts.revisions import RunRevisions, Strike, digest_of
from fondly.mailer.domain.copy.revising import refused
from fondly.mailer.use_cases.ask_once import KeptReplies
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.merge_email_index import EXAMPLE_PARTS
from fondly.mailer.use_cases.pin_settings import PinnedSettings
from fondly.mailer.use_cases.shape_emails import facts_reader, style
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.operations.audit import noted
from fondly.operations.delivery.approval import struck
from fondly.operations.delivery.approving import Approving, reason_given
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.retry import Retry
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import DynamoDBItems, S3Objects

ANSWERS = "copy-answers"


@dataclass(frozen=True)
class Striking:
    """One finished run of whose emails something may be struck."""

    approving: Approving
    objects: S3Objects
    revisions: Revisions

    @classmethod
    async def of(cls, approving: Approving) -> "Striking":
        """Open what the run has stored."""
        environment = approving.environment
        revisions = Revisions(environment.dynamodb, await environment.table("runs"))
        return cls(approving, await environment.objects(), revisions)

    @property
    def run_id(self) -> str:
        """The run."""
        return self.approving.run.run_id

    async def known(self) -> RunRevisions:
        """Return the run's revisions so far."""
        return await self.revisions.find(self.run_id)

    async def named(
        self, *, wording: str = "", product: str = "", email: str = "", instead: str = ""
    ) -> Strike:
        """Return the strike of a wording by digest, of a product, or of the email of a customer by id.

        Raises `OperationError` if no email has it.
        """
        if not (wording or product or email):
            raise OperationError("nothing to strike: expected a wording, a product or a customer")
        if wording and not (product or email):
            found, parts = await self._wording(wording)
            text = " ".join(instead.split())
            if text:
                known, part = await self.known(), min(parts)
                await _require_admitted(self.approving.environment, known, found, part, text)
            listed = found.text if found.count > USED_OFTEN else ""
            about = {"field": found.field, "text": listed, "product_id": found.product_id}
            return Strike(wording=wording, instead=text, **about)
        if wording or instead:
            raise OperationError(
                "a wording is struck of all emails, and a text takes a wording's place alone"
            )
        if not email:
            return Strike(product_id=product)
        environment = self.approving.environment
        records = EmailRecords(await environment.items("emails"))
        if email not in await records.existing(self.run_id, [email]):
            raise OperationError(f"that customer has no email in {self.run_id}")
        return Strike(product_id=product, customer=customer_digest(email))

    async def strike(self, *strikes: Strike, by: str, why: str = "") -> RunRevisions:
        """Strike these as one revision, and have the emails concerned rendered anew; return all revisions.

        An approval is taken back before. Emails that have been handed over stay as they were sent. To repeat
        it asks once more for what is still to be rendered. Raises `OperationError` if the delivery has ended,
        or if no email has one of these.
        """
        at, known = self.approving, (await self.known()).strikes
        parts = {part for each in strikes if each not in known for part in await self._parts(each)}
        details = {f"{number}": struck(each) for number, each in enumerate(strikes, 1)}
        async with noted(at.environment, by=by, act="strike", about=self.run_id, details=details):
            if (await at.view(Act.HOLD)).delivery.status is not DeliveryStatus.HELD:
                await at.decide(Act.HOLD, by=by, note=f"to strike {', '.join(details.values())}"[:500])
            try:
                found = await self.revisions.add(self.run_id, strikes, parts=parts, by=by, why=why)
            except DecisionError as error:
                raise OperationError(str(error)) from error
            if found.rendering:
                retry = Retry(at.environment, at.run, at.ledger, self.objects)
                await retry.publish(await retry.messages())
        return found

    async def _parts(self, strike: Strike) -> Collection[int]:
        """Return the parts that may have emails concerned."""
        if await self.objects.find(object_keys.email_index_summary(self.run_id), max_bytes=1) is None:
            raise OperationError(
                f"the emails of {self.run_id} are not indexed: nothing of them can be struck"
            )
        return (await self._wording(strike.wording))[1] if strike.wording else self._all_parts

    @property
    def _all_parts(self) -> list[int]:
        return sorted(self.approving.run.stage(StageName.MAILER).done)

    async def _wording(self, digest: str) -> tuple[WordingCount, Collection[int]]:
        """Return a wording and all parts that have it; the run's index names some, and what is used often."""
        listed = await self.objects.find_lines(object_keys.email_wordings(self.run_id), WordingCount)
        found = next((each for each in listed if each.digest == digest), None)
        if found and len(found.parts) < EXAMPLE_PARTS:
            return found, found.parts
        parts = list[int]()
        for part in self._all_parts:
            lines = await self.objects.find_lines(object_keys.email_wordings(self.run_id, part), WordingCount)
            for each in lines:
                if each.digest == digest:
                    found = found or each
                    parts.append(part)
        if not found:
            raise OperationError(f"no email of {self.run_id} has wording {digest}")
        return found, parts


async def strike(
    environment: Environment,
    run_id: str,
    *,
    wording: str = "",
    product: str = "",
    email: str = "",
    instead: str = "",
    why: str | None = None,
    by: str,
) -> RunRevisions:
    """Strike a wording, a product or an email of a run; what is concerned is rendered anew, unpaid."""
    striking, reason = await Striking.of(await Approving.of(environment, run_id)), reason_given(why)
    wanted = await striking.named(wording=wording, product=product, email=email, instead=instead)
    return await striking.strike(wanted, by=by, why=reason)


async def revisions(environment: Environment, run_id: str) -> RunRevisions:
    """Show what has been struck of a run's emails, and what is still to be rendered anew."""
    return await (await Striking.of(await Approving.of(environment, run_id))).known()


async def _require_admitted(
    environment: Environment, revisions: RunRevisions, wording: WordingCount, part: int, text: str
) -> None:
    """Raise `OperationError` with rules and words if a text may not stand in the place of a wording.

    It rests on the wording's evidence, and on the facts of a part's emails that have it. The mailer sees to
    every other email.
    """
    run_id, objects = revisions.run_id, await environment.objects()
    if revisions.said(wording.field, text, wording.product_id) != text:
        raise OperationError(f"{text!r} has been struck, expected another text")
    pinned = PinnedSettings.model_validate_json(await objects.get(object_keys.pinned_settings(run_id)))
    table = await environment.table(ANSWERS)
    kept = DynamoDBKeptAnswers(environment.dynamodb, table, DynamoDBItems(environment.dynamodb, table))
    writer = KeptReplies(model_id=pinned.models[0], kept=kept)
    copywriter = Copywriter(ask_once=writer, judge=None, style=style(pinned.settings)).alone(*pinned.models)
    rows = await objects.find_lines(object_keys.email_index(run_id, part), EmailIndexRow)
    has = {row.customer_id for row in rows if wording.digest in row.wordings.values()}
    listed = await objects.find_lines(object_keys.recommendations(run_id, part), Recommendation)
    facts = facts_reader(pinned.settings)(each for each in listed if each.customer_id in has).emails
    said = (await copywriter.prepare(facts.values(), payer="")).wordings
    sources = [
        (question, each)
        for question, found in said.items()
        for each in found.judged.wordings.get(wording.field, ())
        if digest_of(
            wording.field,
            revisions.said(wording.field, each.text, wording.product_id) or "",
            wording.product_id,
        )
        == wording.digest
    ]
    if not sources:
        raise OperationError(f"the answer with wording {wording.digest} is gone: it can only be struck")
    problems = [
        each
        for question, source in sources
        for each in refused(question, wording.field, source._replace(text=text))
    ]
    if problems:
        raise OperationError(f"the rules refuse {text!r}: {'; '.join(dict.fromkeys(problems))}")
