"""Delivers one part of a run: each of its emails goes out, waits, or never goes out.

Whatever is repeated finds what is known of each email and does the rest. The part counts as done once
something final is known of all of them; until then the delivery knows when it is due again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EmailSent, EmailSuppressed, EventData
from fondly.runtime.batches import batches
from fondly.runtime.consent import Consent
from fondly.runtime.gather import Gather
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Announcer, Objects
from fondly.runtime.runs.delivery import Deliveries, Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName, part_name
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.sender.domain.judging import Doubt, Drop, Known, Rules, Send, Settled, Wait, judge
from fondly.sender.domain.sampling import sampled
from fondly.sender.domain.throttle import Grant, grant
from fondly.sender.ports import Claim, Claimed, Dispatches, Key, SenderPolls
from fondly.sender.use_cases.hand_over import HALTS, HandOver, Paced, Parcel, StaleError
from fondly.sender.use_cases.release_parts import close

LOOKED_AT_ONCE = 100
"""Emails whose customers are looked up together; a pause is noticed between two such groups."""
HALT_S = 900
"""How long a part rests when the provider accepts nothing from anybody."""
AGAIN_S = 1
MAX_DELAY_S = 900
"""For how long SQS can delay a message."""
FRESH = timedelta(seconds=10)
"""So long what is known of a customer is good for."""
WRITES_PER_EMAIL = 6
"""A claim, which is a transaction of two items and counts twice, and the record."""
READS_PER_EMAIL = 4
"""The dispatch, the contact and two suppressions, each read consistently."""
METRICS = (Metric.EMAILS_SENT, Metric.EMAILS_NOT_SENT, Metric.EMAILS_REFUSED, Metric.EMAILS_IN_DOUBT)
log = get_logger()


@dataclass
class _Pass:
    """What has come of a part so far; `due` is when the rest may be looked at again."""

    run_id: str
    part: int
    delivery: Delivery
    emails: Sequence[FinishedEmail]
    done: dict[str, Dispatch] = field(default_factory=dict)
    due: datetime | None = None
    is_throttled: bool = False
    """Whether the throttle lets nothing more go out for now."""
    new: Counter[str] = field(default_factory=Counter)
    """What this pass has found out, by the names of `counts`."""

    def settle(self, dispatch: Dispatch) -> None:
        """Note what this pass has found out about an email for good."""
        self.done[dispatch.customer_id] = dispatch
        self.new.update(counts([dispatch]))

    @property
    def to_seeds(self) -> bool:
        """Whether copies go to seeds, and not emails to customers."""
        return self.delivery.status is DeliveryStatus.SAMPLE and bool(self.delivery.seeds)

    @property
    def dispatched_as(self) -> str:
        """The run, as the table of dispatches has it."""
        return self.delivery.copies if self.to_seeds else self.run_id

    def wait(self, until: datetime) -> None:
        """Remember that something of the part is due then, at the latest."""
        self.due = until if self.due is None else min(self.due, until)


class DeliverPart:
    """Delivers parts; `paced` makes calls at the rate that the provider allows."""

    def __init__(
        self,
        *,
        deliveries: Deliveries,
        ledger: Ledger,
        stage: Stage,
        objects: Objects,
        announcer: Announcer,
        dispatches: Dispatches,
        consent: Consent,
        hand_over: HandOver,
        polls: SenderPolls,
        rules: Rules,
        paced: Paced,
        to_seed: Callable[[bytes, str], bytes],
        units: Mapping[str, int],
        parallel: int,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._deliveries = deliveries
        self._ledger = ledger
        self._stage = stage
        self._objects = objects
        self._announcer = announcer
        self._dispatches = dispatches
        self._consent = consent
        self._hand_over = hand_over
        self._polls = polls
        self._rules = rules
        self._paced = paced
        self._to_seed = to_seed
        """Turns a customer's message into a test that goes to an address."""
        self._units = units
        """What the provider charges for one email."""
        self._parallel = parallel
        self._running = asyncio.Semaphore(parallel)
        self._looks: Gather[tuple[_Pass, FinishedEmail], dict[Key, Known]] = Gather(
            self._look_again, limit=LOOKED_AT_ONCE
        )
        self._now = now

    async def run(self, run_id: str, part: int, *, holder: str) -> None:
        """Deliver what may go out of a part; `holder` is the id of the message being handled."""
        async with self._stage.lock(run_id, part_name(part), holder=holder):
            delivery = await self._going_out(run_id)
            if delivery is None:
                return
            if part in (await self._ledger.run(run_id)).stage(StageName.SENDER).done:
                log.info("part_already_done")
                return
            started_at = self._now()
            emails = await self._finished(run_id, part)
            if delivery.status is DeliveryStatus.SAMPLE:
                emails = _to_seeds(sampled(emails, delivery.sample_parts.get(part, 0)), delivery.seeds)
            passed = _Pass(run_id, part, delivery, emails)
            stopped = await self._deliver(passed)
            await self._report(passed, part, started_at)
            if not stopped:
                await self._put_away(passed, part)

    async def look_again(self, run_id: str, part: int, customer_ids: Sequence[str], *, holder: str) -> None:
        """Tell of emails that are sent after all: the record of a worker that was taken for dead came late.

        While the part is not done there is nothing to tell: its next pass tells. Doing it again is harmless.
        """
        async with self._stage.lock(run_id, part_name(part), holder=holder):
            if part not in (await self._ledger.run(run_id)).stage(StageName.SENDER).done:
                return
            known = await self._dispatches.of(run_id, customer_ids)
            sent = [each for each in known.values() if each.outcome is Outcome.SENT]
            if not sent:
                return
            await self._recount(run_id, part)
            await self._announcer.announce(run_id, *filter(None, map(event_of, sent)))
            log.info("doubts_resolved", emails=len(sent))

    async def _recount(self, run_id: str, part: int) -> None:
        """Correct what the part's report says of its emails; what they cost is the same."""
        reports = await self._ledger.reports(run_id)
        of_part = (each for each in reports if (each.stage, each.name) == (StageName.SENDER, part_name(part)))
        report = next(of_part, None)
        if report is None:
            return
        done: list[Dispatch] = []
        for group in batches(await self._finished(run_id, part), LOOKED_AT_ONCE):
            known = await self._dispatches.of(run_id, [email.customer_id for email in group])
            done += known.values()
        await self._ledger.record(run_id, report.model_copy(update={"counts": counts(done)}))

    async def _finished(self, run_id: str, part: int) -> list[FinishedEmail]:
        key = object_keys.mailed(run_id, part)
        if await self._objects.find(key, max_bytes=1) is None:
            raise PermanentError(
                f"{key} is missing: a release made the run that did not deliver; upload again"
            )
        return await self._objects.get_lines(key, FinishedEmail)

    async def _going_out(self, run_id: str) -> Delivery | None:
        """Return the run's delivery if emails may go out now."""
        delivery = await self._deliveries.find(run_id)
        if delivery is None or not delivery.status.goes_out:
            log.info("not_going_out", status=delivery and delivery.status)
            return None
        if delivery.starts_at is not None and delivery.starts_at > self._now():
            log.info("not_started", starts_at=delivery.starts_at)
            return None
        return delivery

    async def _deliver(self, passed: _Pass) -> bool:
        """Deliver group by group; return whether somebody has stopped the delivery meanwhile."""
        for group in batches(passed.emails, LOOKED_AT_ONCE):
            going = await self._going_out(passed.run_id)
            if going is None or going.status is not passed.delivery.status:
                return True
            try:
                await self._deliver_group(passed, group)
            except HALTS as error:
                log.warning("delivery_halted", reason=str(error))
                emit({Metric.DELIVERIES_HALTED: 1})
                passed.wait(self._now() + timedelta(seconds=HALT_S))
                return False
            if passed.is_throttled:
                return False
        return False

    async def _deliver_group(self, passed: _Pass, emails: Sequence[FinishedEmail]) -> None:
        now = self._now()
        known = await self._look_up(passed, emails)
        parcels: list[Parcel] = []
        dropped: list[Claim] = []
        doubted: list[Dispatch] = []
        for email in emails:
            about = known[email.customer_id]
            verdict = judge(email, about, self._rules_for(passed), now=now)
            match verdict:
                case Settled():
                    passed.done[email.customer_id] = about.dispatch  # type: ignore[assignment] # settled by one
                case Doubt():
                    doubted.append(about.dispatch)  # type: ignore[arg-type] # in doubt for one
                case Drop(reason):
                    dropped.append(Claim(self._dropped(passed, email, reason)))
                case Wait(until):
                    passed.wait(until)
                case Send():
                    parcels.append(_parcel(passed, email, about, now))
        await self._doubt(passed, doubted)
        await self._drop(passed, dropped)
        parcels = await self._granted(passed, parcels)
        await for_each(parcels, lambda parcel: self._send(passed, parcel), parallel=self._parallel)

    async def _look_up(self, passed: _Pass, emails: Sequence[FinishedEmail]) -> dict[str, Known]:
        """Return what is known of customers; seeds are nobody's customers."""
        ids = [email.customer_id for email in emails]
        if passed.to_seeds:
            sent = await self._dispatches.of(passed.dispatched_as, ids)
            return {one: Known(sent.get(one)) for one in ids}
        dispatches, suppressed, contacts = await asyncio.gather(
            self._dispatches.of(passed.run_id, ids),
            self._consent.suppressed([(email.customer_id, email.address) for email in emails]),
            self._consent.contacts(ids),
        )
        return {one: Known(dispatches.get(one), suppressed.get(one), contacts.get(one)) for one in ids}

    def _rules_for(self, passed: _Pass) -> Rules:
        """Seeds have no quiet hours."""
        return Rules(tries=self._rules.tries, retry_s=self._rules.retry_s) if passed.to_seeds else self._rules

    async def _send(self, passed: _Pass, parcel: Parcel) -> None:
        async with self._running:
            content = await self._objects.find(parcel.email.key)
            if content is None:
                await self._drop(passed, [Claim(self._dropped(passed, parcel.email, NotSent.GONE))])
                return
            if passed.to_seeds:
                content = self._to_seed(content, parcel.address)
            try:
                done = await self._hand_over.run(
                    parcel, content, paced=self._paced, renewed=partial(self._renewed, passed)
                )
            except StaleError:
                passed.wait(self._now() + timedelta(seconds=AGAIN_S))
                return
            if done.outcome.is_final:
                passed.settle(done)
            else:
                passed.wait(self._now() + timedelta(seconds=self._rules.retry_s))

    async def _renewed(self, passed: _Pass, parcel: Parcel) -> Parcel:
        """Look again at an email that has waited for its turn: much may have been said meanwhile."""
        if self._now() - parcel.judged_at < FRESH:
            return parcel
        known = (await self._looks.add((passed, parcel.email))).get((parcel.run_id, parcel.email.customer_id))
        if known is None:
            raise StaleError
        if not isinstance(judge(parcel.email, known, self._rules_for(passed), now=self._now()), Send):
            raise StaleError
        return replace(parcel, before=known.dispatch, contact=known.contact)

    async def _look_again(self, asked: Sequence[tuple[_Pass, FinishedEmail]]) -> dict[Key, Known]:
        """Return what is known of customers by now; nothing of those whose run does not go out any more."""
        passes = {id(passed): passed for passed, _ in asked}
        found: dict[Key, Known] = {}
        for number, passed in passes.items():
            if await self._going_out(passed.run_id) is not None:
                emails = [email for of, email in asked if id(of) == number]
                known = await self._look_up(passed, emails)
                found |= {(passed.dispatched_as, one): each for one, each in known.items()}
        return found

    async def _granted(self, passed: _Pass, parcels: list[Parcel]) -> list[Parcel]:
        """Return as many as the run's throttle lets go out now; the rest is due later."""
        per_hour, now = passed.delivery.per_hour, self._now()
        if per_hour is None or passed.delivery.status is DeliveryStatus.SAMPLE or not parcels:
            return parcels
        grants: list[Grant] = []

        def take(found: Delivery) -> Delivery:
            taken = grant(per_hour, found.taken_until, wanted=len(parcels), now=now.timestamp())
            grants.append(taken)
            return found.model_copy(update={"taken_until": taken.taken_until}) if taken.emails else found

        await self._deliveries.change(passed.run_id, take)
        granted = grants[-1]
        if granted.emails < len(parcels):
            passed.is_throttled = True
            passed.wait(datetime.fromtimestamp(granted.next_at, UTC))
        return parcels[: granted.emails]

    async def _doubt(self, passed: _Pass, doubted: Sequence[Dispatch]) -> None:
        """Record that nobody knows what came of emails that a worker was handing over.

        The worker may have known, and its record be on the way: somebody looks again.
        """
        if doubted and not passed.to_seeds:
            await self._polls.send_doubts(
                passed.run_id,
                passed.part,
                [each.customer_id for each in doubted],
                release=passed.delivery.release,
                delay_s=min(MAX_DELAY_S, self._rules.retry_s),
            )
        for found in doubted:
            await self._doubt_one(passed, found)

    async def _doubt_one(self, passed: _Pass, found: Dispatch) -> None:
        reason = f"its worker stopped while handing it over, at {found.at:%Y-%m-%d %H:%M:%S} UTC"
        doubted = found.model_copy(update={"outcome": Outcome.IN_DOUBT, "reason": reason, "at": self._now()})
        if await self._dispatches.doubt(found, doubted):
            log.warning("email_in_doubt", customer_id=found.customer_id)
            passed.settle(doubted)
        else:
            passed.wait(self._now() + timedelta(seconds=AGAIN_S))

    async def _drop(self, passed: _Pass, claims: Sequence[Claim]) -> None:
        results = await self._dispatches.claim(claims) if claims else {}
        for claim in claims:
            if results[claim.key] is Claimed.MINE:
                passed.settle(claim.dispatch)
            else:
                passed.wait(self._now() + timedelta(seconds=AGAIN_S))

    def _dropped(self, passed: _Pass, email: FinishedEmail, reason: NotSent) -> Dispatch:
        return Dispatch(
            run_id=passed.dispatched_as,
            customer_id=email.customer_id,
            outcome=Outcome.SUPPRESSED,
            reason=reason,
            variant=email.variant,
            at=self._now(),
            claim=uuid4().hex,
        )

    async def _report(self, passed: _Pass, part: int, started_at: datetime) -> None:
        """Record what has come of the part, and announce what is final; copies for seeds do not count."""
        if passed.to_seeds:
            return
        result = PartResult(counts=counts(passed.done.values()), units=self._billed(passed))
        emit({metric: passed.new[metric] for metric in METRICS if passed.new[metric]})
        await self._stage.record(passed.run_id, part_name(part), started_at, result, messages=1)
        events = [event for dispatch in passed.done.values() if (event := event_of(dispatch))]
        await self._announcer.announce(passed.run_id, *events)

    def _billed(self, passed: _Pass) -> dict[str, int]:
        """What the whole part costs, once every email has been handed over once."""
        sent = sum(each.outcome in {Outcome.SENT, Outcome.IN_DOUBT} for each in passed.done.values())
        emails = len(passed.emails)
        return {
            **{unit: amount * sent for unit, amount in self._units.items()},
            "dynamodb.writes": WRITES_PER_EMAIL * emails,
            "dynamodb.reads": READS_PER_EMAIL * emails,
            "s3.gets": sent,
        }

    async def _put_away(self, passed: _Pass, part: int) -> None:
        """Count the part as done, or remember when it is due again."""
        run_id, due = passed.run_id, passed.due
        if due is not None:
            until = int(due.timestamp()) + 1
            await self._deliveries.change(run_id, lambda found: _due(found, part, until))
            log.info("part_waits", until=due)
            return
        if passed.delivery.status is DeliveryStatus.SAMPLE:
            log.info("sample_delivered", emails=len(passed.emails))
            return
        run = await self._ledger.complete_part(run_id, StageName.SENDER, part)
        log.info("part_delivered", **counts(passed.done.values()))
        if not run.parts_to_do(StageName.SENDER):
            await close(self._deliveries, run_id)


def counts(dispatches: Iterable[Dispatch]) -> dict[str, int]:
    """Return how many emails came to what, as a run's totals count them."""
    found: Counter[str] = Counter()
    for each in dispatches:
        name = "held_out" if each.reason == NotSent.HOLDOUT else NAMES[each.outcome]
        found[f"emails_{name}"] += 1
    return dict(found)


NAMES = {
    Outcome.SENT: "sent",
    Outcome.SUPPRESSED: "not_sent",
    Outcome.REFUSED: "refused",
    Outcome.IN_DOUBT: "in_doubt",
    Outcome.WAITING: "waiting",
    Outcome.SENDING: "waiting",
}


def event_of(dispatch: Dispatch) -> EventData | None:
    """Return the event that says what came of an email, or None while nothing final is known."""
    if dispatch.outcome is Outcome.SENT:
        return EmailSent(
            customer_id=dispatch.customer_id,
            transport=dispatch.transport,
            provider_id=dispatch.provider_id,
            variant=dispatch.variant,
        )
    if not dispatch.outcome.is_final:
        return None
    reason = dispatch.reason if dispatch.outcome is Outcome.SUPPRESSED else dispatch.outcome
    return EmailSuppressed(customer_id=dispatch.customer_id, reason=reason, variant=dispatch.variant)


def _to_seeds(emails: Sequence[FinishedEmail], seeds: Sequence[str]) -> list[FinishedEmail]:
    """Address emails to seeds in turn, also those to nobody; without seeds, leave them as they are."""
    return [
        email.model_copy(update={"address": seeds[number % len(seeds)]}) if seeds else email
        for number, email in enumerate(emails)
    ]


def _parcel(passed: _Pass, email: FinishedEmail, known: Known, now: datetime) -> Parcel:
    return Parcel(
        run_id=passed.dispatched_as,
        email=email,
        address=email.address or email.placeholder or "",
        judged_at=now,
        before=known.dispatch,
        contact=known.contact,
        counts=not passed.to_seeds,
    )


def _due(found: Delivery, part: int, until: int) -> Delivery:
    return found.model_copy(update={"due": {**found.due, part: until}})
