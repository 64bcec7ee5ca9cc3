"""What somebody is about to decide about a run's delivery: the facts to decide on, and the decision."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.delivery import FinishedEmail, Outcome
from fondly.contracts.events import SenderPoll, new_event
from fondly.operations.audit import noted
from fondly.operations.delivery.deployed import NO_TRANSPORT, DeployedSettings, deployed
from fondly.operations.delivery.given import one_line
from fondly.operations.delivery.plan import Plan, moment
from fondly.operations.delivery.terms import Terms, terms_of
from fondly.operations.delivery.views import WORDS, DeliveryLookup, DeliveryView, standing, starts_later
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.formatting import age, count, since
from fondly.operations.runs.facts import RunFacts, why_no_emails
from fondly.operations.runs.lookup import find_run, run_details
from fondly.operations.suppressions.people import open_consent
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.deliveries import DecisionError, Deliveries, StaleDecisionError
from fondly.runtime.runs.delivery import FROM, RELEASING, Act, Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.totals import total
from fondly.runtime.settings import ProcessSettings
from fondly.sender.settings import Approval, TransportKind

SENDER = "sender"
FRESH = timedelta(days=2)
"""Emails that are older deserve a second look: they name prices."""
RULES = {f"sender_{each}" for each in ("transport", "approval", "per_hour", "quiet_from", "quiet_until")}
"""The settings that people are shown before they decide, beside what the run's counts tell."""
KEEP_DAYS: int = ProcessSettings.model_fields["retention_days"].default


@dataclass(frozen=True)
class Approving:
    """One run whose delivery is decided on."""

    environment: Environment
    ledger: Ledger
    run: Run
    settings: DeployedSettings | None
    """The sender's settings; None if they cannot be told."""
    deliveries: Deliveries

    @classmethod
    async def of(cls, environment: Environment, run_id: str) -> "Approving":
        """Find the run; raise `OperationError` if there is none."""
        ledger = await environment.ledger()
        run = await find_run(ledger, run_id)
        settings = await deployed(environment)
        keep_days = settings.retention_days if settings else KEEP_DAYS
        deliveries = Deliveries(environment.dynamodb, await environment.table("runs"), keep_days=keep_days)
        return cls(environment, ledger, run, settings, deliveries)

    async def view(self, act: Act) -> DeliveryView:
        """Return the delivery; raise `OperationError` if this cannot be decided as things stand."""
        if self.run.status is not RunStatus.FINISHED:
            raise OperationError(_unfinished(self.run))
        await self._require(act)
        if self._has_no_transport and act in RELEASING:
            raise OperationError(NO_TRANSPORT)
        found = await self.current()
        if found.rendering and act in RELEASING:
            raise OperationError(
                f"{found.rendering} of {found.parts} parts of {self.run.run_id} are being rendered anew:"
                " it can be approved once they are through; `fondly run retry` asks for them again"
            )
        return found

    @property
    def _has_no_transport(self) -> bool:
        """Whether the sender is known to have none."""
        return self.settings is not None and self.settings.sender_transport is TransportKind.NONE

    async def current(self) -> DeliveryView:
        """Return the delivery as it is; raise `OperationError` if there is none."""
        counts = total(await self.ledger.summed(self.run.run_id, delivery=False)).counts
        found = await (await DeliveryLookup.of(self.environment)).view(self.run, counts=counts)
        if found is None:
            raise OperationError(await self._why_none())
        rules = self.settings.model_dump(mode="json", include=RULES) if self.settings else None
        return found.model_copy(update={"rules": rules})

    async def notices(self) -> list[str]:
        """What a person should know of the run before they say yes."""
        details = await run_details(self.environment, self.ledger, self.run)
        made = since(self.run.finished_at or self.run.created_at)
        aged = f"made {age(made)} ago: prices and stock are those of then"
        return [*details.notices, *([aged] if made > FRESH.total_seconds() else [])]

    async def plan(self, view: DeliveryView, terms: Terms) -> Plan:
        """What approving leads to; the seeds of a new sample get copies, whoever has had some.

        Raises `OperationError` if nothing can be sent, or if everybody with an email is suppressed.
        """
        plan = self._plan(terms, view, settled=0 if terms.seeds else view.settled)
        if not plan.left:
            raise OperationError(f"nothing of {self.run.run_id} can be sent: {plan.why_nobody}")
        if not terms.seeds:
            await self._require_reader()
        return plan

    async def _require_reader(self) -> None:
        """Read emails until somebody may be written to."""
        consent = await open_consent(self.environment)
        objects, readers = await self.environment.objects(), 0
        for part in sorted(self.run.stage(StageName.MAILER).done):
            emails = await objects.find_lines(object_keys.mailed(self.run.run_id, part), FinishedEmail)
            people = [(each.customer_id, each.address) for each in emails if not each.held_out]
            if len(await consent.suppressed(people)) < len(people):
                return
            readers += len(people)
        if readers:
            raise OperationError(
                f"nothing of {self.run.run_id} can be sent: all {count(readers)} customers with an email are"
                " suppressed; `fondly suppress list` says why"
            )

    def plan_of_rest(self, view: DeliveryView) -> Plan:
        """What going on with a paused delivery leads to."""
        terms = terms_of(view)
        return self._plan(terms, view, settled=view.seeds.settled if terms.seeds else view.settled)

    def _plan(self, terms: Terms, view: DeliveryView, *, settled: int) -> Plan:
        settings = self.settings
        return Plan(
            emails=view.emails,
            held_out=view.held_out,
            without_address=0 if settings and settings.sender_without_address else view.without_address,
            settled=settled,
            how=settings.how if settings else None,
            quiet=settings.quiet if settings else None,
            **{**vars(terms), "per_hour": terms.per_hour or (settings and settings.sender_per_hour)},
        )

    async def decide(
        self,
        act: Act,
        *,
        by: str,
        note: str = "",
        judged: Delivery | None = None,
        facts: str = "",
        **changes: Any,  # noqa: ANN401 - the delivery's
    ) -> DeliveryView:
        """Record a decision, and return what the delivery is then; raise `OperationError` if it is too late.

        A run that has not finished can be held, too. Raises `StaleDecisionError` if the delivery is not as it
        was `judged`. The note stays with the decision: the addresses of seeds are no matter of the audit.
        """
        if judged is None and act is not Act.HOLD:
            await self.view(act)
        async with noted(self.environment, by=by, act=act, about=self.run.run_id):
            if act is not Act.HOLD or not await self._held_early(by=by, note=note):
                await self._take(act, by=by, note=note, judged=judged, facts=facts, changes=changes)
        return await self.current()

    async def _held_early(self, *, by: str, note: str) -> bool:
        """Hold a delivery that does not exist yet; return whether that was so."""
        if self.run.status is RunStatus.FAILED:
            raise OperationError(_unfinished(self.run))
        if await self.deliveries.find(self.run.run_id) is not None:
            return False
        one = self.settings is not None and self.settings.sender_approval is not Approval.TWO
        opened = await self.deliveries.open(
            self.run.run_id, status=DeliveryStatus.HELD, by=by, note=note, approvers=1 if one else 2
        )
        return opened.status is DeliveryStatus.HELD

    async def _take(self, act: Act, **decision: Any) -> None:  # noqa: ANN401 - as of `Deliveries.decide`
        """Record a decision and tell the sender.

        If telling fails, the decision holds, and the error says what tells the sender again.
        """
        queue = SQSQueue(self.environment.sqs, await self.environment.queue_url(SENDER))
        run_id = self.run.run_id
        try:
            decided = await self.deliveries.decide(run_id, act, **decision)
        except StaleDecisionError:
            raise
        except DecisionError as error:  # somebody else has decided meanwhile
            await self._require(act)
            raise OperationError(str(error)) from error
        if decided.first:  # nothing has been decided for the sender yet
            return
        try:
            poll = SenderPoll(attempt=decided.attempt)
            await queue.send(new_event(poll, run_id=run_id, source=SENDER).body)
        except (ClientError, BotoCoreError) as error:
            raise OperationError(
                f"{run_id} {WORDS[decided.status].called}, but the sender could not be told: {error}."
                " `fondly run retry` tells it again"
            ) from error

    async def _require(self, act: Act) -> None:
        """Raise `OperationError` if there is no delivery, or if its status forbids this."""
        delivery = await self.deliveries.find(self.run.run_id)
        if delivery is None:
            raise OperationError(await self._why_none())
        if delivery.status not in FROM[act]:
            raise OperationError(standing(delivery))

    async def _why_none(self) -> str:
        """Why a run has no delivery."""
        if self.run.status is not RunStatus.FINISHED:
            return _unfinished(self.run)
        counts = total(await self.ledger.summed(self.run.run_id, delivery=False)).counts
        if not counts.get(Counted.EMAILS):
            return f"{self.run.run_id}: {why_no_emails(RunFacts(self.run.status, None, counts))}"
        if self._has_no_transport:
            return NO_TRANSPORT
        return f"{self.run.run_id} has not been taken up by the sender yet; `fondly run retry` tells it again"


def reason_given(why: str | None) -> str:
    """Return why somebody decides, on one line; raise `OperationError` if it is empty or too long."""
    return "" if why is None else one_line(why, "--why", most=500)


def rejection(view: DeliveryView) -> str:
    """What rejecting leads to, in one line."""
    sent = view.tally.of(Outcome.SENT)
    left = max(0, view.emails - view.settled)
    before = f" {count(sent)} have been sent." if sent else ""
    return f"{count(left)} of {count(view.emails)} emails will never be sent; that is for good.{before}"


def later(delivery: Delivery) -> str:
    """Say in one line what a delivery does now, and what can be done next."""
    if starts_later(delivery) and delivery.starts_at:
        what = f"goes out from {moment(delivery.starts_at)} on; `fondly run hold` takes the approval back"
    else:
        what = WORDS[delivery.status].later
    return f"{delivery.run_id} {what}"


def _unfinished(run: Run) -> str:
    if run.status is RunStatus.FAILED:
        return f"{run.run_id} has failed: none of its emails is delivered"
    return f"{run.run_id} is {run.status}: its delivery can be decided on once it has finished"
