"""A run with finished emails, and doubles of what the sender needs."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.consent import Contact, Suppression
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome
from fondly.runtime.consent import Person
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.runs.tally import Tally
from fondly.sender.adapters.dispatches import RECORDED
from fondly.sender.domain.judging import Rules
from fondly.sender.ports import Accepted, Key, Outgoing, Reservation, Reserved
from fondly.sender.use_cases.deliver_part import DeliverPart
from fondly.sender.use_cases.hand_over import HandOver, Paced
from fondly.sender.use_cases.judge_emails import JudgeEmails
from fondly.sender.use_cases.keep_pace import KeepPace
from fondly.sender.use_cases.keep_tally import KeepTally
from fondly.sender.use_cases.release_parts import ReleaseParts
from fondly.sender.use_cases.resolve_doubts import ResolveDoubts
from fondly.sender.use_cases.send_emails import SendEmails
from fondly.sender.use_cases.settle_emails import SettleEmails
from fondly.sender.use_cases.take_bounce import suppress_addresses
from services.sender.tests.fakes_of_feedback import InMemorySuppressions
from tests.support.runs import RUN, TABLE, Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryObjects
from tests.support.tally import counts_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def message_to(address: str, *, subject: str = "Picked for you") -> bytes:
    """Return a small message, such as the mailer stores."""
    head = (
        "From: Shop <hello@shop.example>",
        f"To: {address}",
        f"Subject: {subject}",
        "Date: Thu, 26 Nov 2026 12:00:00 +0000",
        "Message-ID: <1@shop.example>",
        "List-Unsubscribe: <https://shop.example/unsubscribe?t=abc.def>,",
        " <mailto:hello@shop.example?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    )
    return "\r\n".join([*head, "", "Hello", ""]).encode()


class FakeDispatches:
    """The table of dispatches and contacts, with the same conditions."""

    def __init__(self, contacts: dict[str, Contact]) -> None:
        self.items: dict[Key, Dispatch] = {}
        self.contacts = contacts
        self.reservations = 0

    async def of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]:
        """Return what is known of emails."""
        await asyncio.sleep(0)
        return {one: self.items[run_id, one] for one in customer_ids if (run_id, one) in self.items}

    async def reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]:
        """Reserve emails that are free."""
        await asyncio.sleep(0)
        return {reservation.key: self._reserve(reservation) for reservation in reservations}

    def _reserve(self, reservation: Reservation) -> Reserved:
        found = self.items.get(reservation.key)
        is_mine = found is not None and found.reserved_by == reservation.dispatch.reserved_by
        if found is not None and found.outcome is not Outcome.WAITING and not is_mine:
            return Reserved.TAKEN
        if reservation.contact is not None:
            before = self.contacts.get(reservation.contact.customer_id)
            if (before.version if before else 0) != reservation.contact.version - 1:
                return Reserved.STALE
            self.contacts[reservation.contact.customer_id] = reservation.contact
        self.items[reservation.key] = reservation.dispatch
        self.reservations += 1
        return Reserved.MINE

    async def record(self, dispatches: Sequence[Dispatch]) -> set[Key]:
        """Record what came of emails; they may be tried again only while their reservation holds."""
        await asyncio.sleep(0)
        late = {Outcome.SENDING, Outcome.IN_DOUBT}
        recorded = [
            self._say(each, late if each.outcome.is_final else {Outcome.SENDING}) for each in dispatches
        ]
        return {
            (each.run_id, each.customer_id)
            for each, is_so in zip(dispatches, recorded, strict=True)
            if not is_so
        }

    async def doubt(self, doubted: Dispatch) -> bool:
        """Record a doubt unless the worker has said more."""
        return self._say(doubted, {Outcome.SENDING})

    async def free(self, dispatch: Dispatch) -> bool:
        """Record that an email was not accepted unless more is known."""
        return self._say(dispatch, {Outcome.IN_DOUBT})

    def _say(self, dispatch: Dispatch, among: set[Outcome]) -> bool:
        found = self.items[dispatch.run_id, dispatch.customer_id]
        if found.reserved_by != dispatch.reserved_by or found.outcome not in among:
            return False
        said = dispatch.model_dump(include=set(RECORDED))
        self.items[dispatch.run_id, dispatch.customer_id] = found.model_copy(update=said)
        return True


class FakeConsent:
    """Suppressions by customer id, and contacts."""

    def __init__(self, contacts: dict[str, Contact]) -> None:
        self.suppressions: dict[str, Suppression] = {}
        self.known = contacts

    async def suppressed(self, people: Sequence[Person]) -> dict[str, Suppression]:
        """Return who must not be written to."""
        return {one: self.suppressions[one] for one, _ in people if one in self.suppressions}

    async def contacts(self, customer_ids: Sequence[str]) -> dict[str, Contact]:
        """Return who has been written to."""
        return {one: self.known[one] for one in customer_ids if one in self.known}


def accept_all(_: Outgoing) -> None:
    """Raise nothing."""


@dataclass
class FakeTransport:
    """Accepts every email, unless `answer` raises for it."""

    name: str = "fake"
    accepted: list[Outgoing] = field(default_factory=list)
    answer: Callable[[Outgoing], None] = accept_all
    takes_s: float = 0.0
    """How long it takes to answer."""

    async def send(self, email: Outgoing) -> Accepted:
        """Accept an email."""
        await asyncio.sleep(self.takes_s)
        self.answer(email)
        self.accepted.append(email)
        return Accepted(f"id-{len(self.accepted)}")

    @property
    def times(self) -> Counter[str]:
        """How often each customer's email was accepted."""
        return Counter(email.customer_id for email in self.accepted)


@dataclass
class RecordingPolls:
    """Keeps what the sender sends to itself."""

    polls: list[tuple[int, int]] = field(default_factory=list)
    """Attempts and delays."""
    parts: list[int] = field(default_factory=list)
    doubts: list[tuple[int, tuple[str, ...], int]] = field(default_factory=list)
    """Parts, customers and delays."""

    async def send(self, run_id: str, attempt: int, *, delay_s: int | None = None) -> None:
        """Keep a poll."""
        assert run_id == RUN
        assert delay_s is not None
        assert 0 <= delay_s <= 900
        self.polls.append((attempt, delay_s))

    async def send_parts(self, run_id: str, parts: Iterable[int], *, release: int) -> None:
        """Keep parts."""
        assert run_id == RUN
        assert release >= 1
        self.parts += parts

    async def send_doubts(
        self, run_id: str, part: int, customer_ids: Sequence[str], *, release: int, delay_s: int
    ) -> None:
        """Keep doubts."""
        assert run_id == RUN
        assert release >= 0
        assert 0 <= delay_s <= 900
        self.doubts.append((part, tuple(customer_ids), delay_s))


class World:
    """A finished run of parts with so many emails each, and the sender around it."""

    def __init__(self, *sizes: int, rules: Rules | None = None, time_zone: str | None = None) -> None:
        self.runs = Runs()
        self.objects = InMemoryObjects()
        self.announcer = InMemoryAnnouncer()
        self.deliveries = Deliveries(self.runs.dynamodb, TABLE)
        self.contacts: dict[str, Contact] = {}
        self.dispatches = FakeDispatches(self.contacts)
        self.consent = FakeConsent(self.contacts)
        self.transport = FakeTransport()
        self.polls = RecordingPolls()
        self.dead = InMemorySuppressions()
        self.time = NOON
        self.parallel = 4
        self.places: int | None = None
        self.paced: Paced = at_once
        self.reserve_linger_s = self.record_linger_s = 0.0
        self.rules = rules or Rules()
        self.parts: list[list[FinishedEmail]] = []
        numbers = iter(range(1, sum(sizes) + 1))
        for size in sizes:
            self.parts.append([self._finished(next(numbers), time_zone) for _ in range(size)])

    def _finished(self, number: int, time_zone: str | None) -> FinishedEmail:
        name = f"c{number}"
        key = object_keys.email(RUN, name)
        address = f"{name}@mail.example"
        self.objects.stored[key] = message_to(address)
        return FinishedEmail(customer_id=name, key=key, address=address, time_zone=time_zone)

    async def open(self, status: DeliveryStatus = DeliveryStatus.APPROVED) -> Delivery:
        """Let the run be finished, and its delivery be open."""
        ledger = self.runs.ledger
        await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
        await ledger.set_parts(RUN, len(self.parts))
        for number, emails in enumerate(self.parts, start=1):
            await self.objects.put_lines(object_keys.mailed(RUN, number), emails)
        await ledger.finish(RUN)
        return await self.deliveries.open(RUN, status=status, by="somebody")

    @property
    def deliver(self) -> DeliverPart:
        """The use case, new as after a restart."""
        judging = JudgeEmails(
            deliveries=self.deliveries,
            dispatches=self.dispatches,
            consent=self.consent,
            rules=self.rules,
            now=self.now,
        )
        settling = SettleEmails(
            dispatches=self.dispatches,
            polls=self.polls,
            stage=self.stage,
            ledger=self.runs.ledger,
            deliveries=self.deliveries,
            announcer=self.announcer,
            units={"ses.emails": 1},
            retry_s=self.rules.retry_s,
        )
        return DeliverPart(
            stage=self.stage,
            ledger=self.runs.ledger,
            objects=self.objects,
            judging=judging,
            pacing=KeepPace(self.deliveries),
            sending=SendEmails(
                objects=self.objects,
                hand_over=self.hand_over,
                judging=judging,
                settling=settling,
                paced=self.paced,
                to_seed=lambda content, address: re.sub(rb"To: [^\r]*", f"To: {address}".encode(), content),
                parallel=self.parallel,
            ),
            settling=settling,
            tally=self.keep_tally,
            now=self.now,
        )

    @property
    def keep_tally(self) -> KeepTally:
        """The use case that counts, in the table of the runs."""
        return KeepTally(
            dispatches=self.dispatches,
            tallies=KeptTallies(self.runs.dynamodb, TABLE),
            deliveries=self.deliveries,
            polls=self.polls,
            objects=self.objects,
            retry_s=self.rules.retry_s,
        )

    @property
    def hand_over(self) -> HandOver:
        """The use case that sends an email."""
        return HandOver(
            transport=self.transport,
            dispatches=self.dispatches,
            tries=self.rules.tries,
            suppress_dead=partial(suppress_addresses, self.dead, reason=NotSent.HARD_BOUNCE),
            places=self.places or self.parallel,
            now=self.now,
            reserve_linger_s=self.reserve_linger_s,
            record_linger_s=self.record_linger_s,
        )

    @property
    def resolve_doubts(self) -> ResolveDoubts:
        """The use case that looks again at emails in doubt."""
        return ResolveDoubts(
            stage=self.stage,
            ledger=self.runs.ledger,
            dispatches=self.dispatches,
            tally=self.keep_tally,
            announcer=self.announcer,
            release=self.release,
            now=self.now,
        )

    @property
    def stage(self) -> Stage:
        """The sender's, with the events announced here."""
        return self.runs.stage(StageName.SENDER, self.announcer)

    @property
    def release(self) -> ReleaseParts:
        """The use case that handles polls."""
        return ReleaseParts(
            self.deliveries, self.runs.ledger, self.objects, self.polls, interval_s=60, now=self.now
        )

    def now(self) -> datetime:
        """The time of this world."""
        return self.time

    async def run(self, *, most: int = 100) -> None:
        """Handle the newest poll and every part that it releases, until nothing is left to do now."""
        for _ in range(most):
            delivery = await self.deliveries.get(RUN)
            await self.release.run(RUN, delivery.attempt)
            parts, self.polls.parts = self.polls.parts, []
            if not parts:
                kept = await self.deliveries.tally(RUN)
                found = [each for (of, _), each in self.dispatches.items.items() if of == RUN]
                assert kept == Tally.of_counts(counts_of(*found))
                return
            for part in parts:
                await self.deliver.run(RUN, part, holder=f"message-{part}")

    def outcomes(self) -> Mapping[str, int]:
        """How many emails came to what."""
        return Counter(str(each.outcome) for each in self.dispatches.items.values())


async def at_once(call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever the call returns
    """Make a call at once."""
    return await call()
