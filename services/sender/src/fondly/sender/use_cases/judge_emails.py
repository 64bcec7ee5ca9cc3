"""Judges which emails go out now: by the delivery, by what is known of the customer, and by the clock."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent
from fondly.runtime.consent import Consent
from fondly.runtime.gather import Gather
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery
from fondly.sender.domain.judging import Doubt, Drop, Known, Rules, Send, Settled, Wait, judge
from fondly.sender.ports import Dispatches, Key
from fondly.sender.use_cases.hand_over import Parcel, StaleError
from fondly.sender.use_cases.part_pass import LOOKED_UP_AT_ONCE, PartPass

FRESH_S = 10.0
"""How long what is known of a customer can be relied on."""
log = get_logger()


@dataclass(frozen=True)
class Judged:
    """Emails that go out now, never do, or are in doubt; those that wait are noted in their pass."""

    parcels: list[Parcel] = field(default_factory=list)
    dropped: list[tuple[FinishedEmail, NotSent]] = field(default_factory=list)
    doubted: list[Dispatch] = field(default_factory=list)


@dataclass(kw_only=True)
class JudgeEmails:
    """Judges emails by the shop's rules, and again when their turn comes late."""

    deliveries: Deliveries
    dispatches: Dispatches
    consent: Consent
    rules: Rules
    now: Callable[[], datetime] = utc_now

    def __post_init__(self) -> None:
        self._looks: Gather[tuple[PartPass, FinishedEmail], dict[Key, Known]] = Gather(
            self._look_again, limit=LOOKED_UP_AT_ONCE
        )

    async def going_out(self, run_id: str) -> Delivery | None:
        """Return the run's delivery if emails may go out now."""
        delivery = await self.deliveries.find(run_id)
        if delivery is None or not delivery.status.goes_out:
            log.info("not_going_out", status=delivery and delivery.status)
            return None
        if delivery.starts_at is not None and delivery.starts_at > self.now():
            log.info("not_started", starts_at=delivery.starts_at)
            return None
        return delivery

    async def is_stopped(self, passed: PartPass) -> bool:
        """Whether the delivery has stopped going out as it did when the pass began."""
        going = await self.going_out(passed.run_id)
        return going is None or going.status is not passed.delivery.status

    async def judge(self, passed: PartPass, emails: Sequence[FinishedEmail]) -> Judged:
        """Judge a group of emails; note in the pass which are settled already, and until when others wait."""
        now = self.now()
        known = await self._look_up(passed, emails)
        judged = Judged()
        for email in emails:
            about = known[email.customer_id]
            match judge(email, about, self._rules_for(passed), now=now):
                case Settled(dispatch):
                    passed.done[email.customer_id] = dispatch
                case Doubt(dispatch):
                    judged.doubted.append(dispatch)
                case Drop(reason):
                    judged.dropped.append((email, reason))
                case Wait(until):
                    passed.wait(until)
                case Send():
                    judged.parcels.append(_parcel(passed, email, about, now))
        return judged

    async def renewed(self, passed: PartPass, parcel: Parcel) -> Parcel:
        """Look again at an email that has waited; raise `StaleError` if it does not go out any more."""
        if (self.now() - parcel.judged_at).total_seconds() < FRESH_S:
            return parcel
        known = (await self._looks.add((passed, parcel.email))).get((parcel.run_id, parcel.email.customer_id))
        if known is None:
            raise StaleError
        if not isinstance(judge(parcel.email, known, self._rules_for(passed), now=self.now()), Send):
            raise StaleError
        return replace(parcel, before=known.dispatch, contact=known.contact)

    async def _look_again(self, asked: Sequence[tuple[PartPass, FinishedEmail]]) -> dict[Key, Known]:
        """Return what is known of customers by now; nothing of those whose run does not go out any more."""
        passes = {id(passed): passed for passed, _ in asked}
        found: dict[Key, Known] = {}
        for number, passed in passes.items():
            if await self.going_out(passed.run_id) is not None:
                emails = [email for of, email in asked if id(of) == number]
                known = await self._look_up(passed, emails)
                found |= {(passed.dispatched_as, customer): about for customer, about in known.items()}
        return found

    async def _look_up(self, passed: PartPass, emails: Sequence[FinishedEmail]) -> dict[str, Known]:
        """Return what is known of customers; seeds are nobody's customers."""
        ids = [email.customer_id for email in emails]
        if passed.to_seeds:
            sent = await self.dispatches.of(passed.dispatched_as, ids)
            return {customer: Known(sent.get(customer)) for customer in ids}
        dispatches, suppressed, contacts = await asyncio.gather(
            self.dispatches.of(passed.run_id, ids),
            self.consent.suppressed([(email.customer_id, email.address) for email in emails]),
            self.consent.contacts(ids),
        )
        return {
            customer: Known(dispatches.get(customer), suppressed.get(customer), contacts.get(customer))
            for customer in ids
        }

    def _rules_for(self, passed: PartPass) -> Rules:
        """Seeds have no quiet hours."""
        return Rules(tries=self.rules.tries, retry_s=self.rules.retry_s) if passed.to_seeds else self.rules


def _parcel(passed: PartPass, email: FinishedEmail, known: Known, now: datetime) -> Parcel:
    return Parcel(
        run_id=passed.dispatched_as,
        email=email,
        address=email.address or email.placeholder or "",
        judged_at=now,
        before=known.dispatch,
        contact=known.contact,
        counts=not passed.to_seeds,
    )
