"""Hands one email over: reserves it when its turn has come, sends it, and records what came of it.

Between the reservation and the record nobody else sends it. A worker that dies in between leaves its
reservation behind, and the next worker records that the email is in doubt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from fondly.contracts.clock import utc_now
from fondly.contracts.consent import MOST_TIMES, Contact
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.runtime.gather import Gather
from fondly.runtime.logs import get_logger
from fondly.runtime.quota.turns import StoppingError
from fondly.sender.domain.fields import dated
from fondly.sender.domain.judging import written_to
from fondly.sender.domain.notifications import tags
from fondly.sender.ports import (
    DeferredError,
    Dispatches,
    InDoubtError,
    Key,
    Outgoing,
    QuotaSpentError,
    RefusedError,
    Reservation,
    Reserved,
    Transport,
    UnusableError,
)

MAX_REASON_CHARS = 500
RECORDED_AT_ONCE = 100
RESERVED_AT_ONCE = 50
RESERVE_LINGER_S, RECORD_LINGER_S = 0.1, 0.03
"""How long reservations and records wait for others, to be written with them: the calls are most of the work.

Half of the places are enough: meanwhile the emails in the other half are handed over.
A worker that dies leaves in doubt what it has reserved and not recorded, so records wait less.
"""
GRACE_S = 10.0
"""How long an email may still take whose pass is over, while nobody else may look at it: its server may be
about to accept it."""
HALTS = (QuotaSpentError, UnusableError)
"""Errors that concern every email: a quota of the day, or a wrong password."""
Paced = Callable[[Callable[[], Awaitable[Dispatch]]], Awaitable[Dispatch]]
"""Makes a call when its turn has come, and again while the provider throttles it."""
log = get_logger()


@dataclass(frozen=True)
class Parcel:
    """An email that may go out now."""

    run_id: str
    """The run, or what stands for it in the table of dispatches: a sample has a name of its own."""
    email: FinishedEmail
    address: str
    judged_at: datetime
    before: Dispatch | None = None
    contact: Contact | None = None
    counts: bool = True
    """Whether the customer is written to; a sample that goes to seeds does not count."""


SuppressDead = Callable[[list[str], datetime], Awaitable[None]]
"""Suppresses addresses that the provider says do not exist: as good as a hard bounce, which by SMTP nobody
else reports."""
Renewed = Callable[[Parcel], Awaitable[Parcel]]
"""Looks again whether an email may go out; raises `StaleError` if it may not any more."""


class StaleError(Exception):
    """Something has changed since the email was judged: judge it again."""


class HandOver:
    """Hands emails over by one transport."""

    def __init__(
        self,
        *,
        transport: Transport,
        dispatches: Dispatches,
        tries: int,
        suppress_dead: SuppressDead,
        places: int,
        now: Callable[[], datetime] = utc_now,
        reserve_linger_s: float = RESERVE_LINGER_S,
        record_linger_s: float = RECORD_LINGER_S,
    ) -> None:
        self._transport = transport
        self._tries = tries
        self._suppress_dead = suppress_dead
        self._places = asyncio.Semaphore(places)
        """Emails that are reserved and not yet answered: others are reserved when these are through."""
        self._now = now
        enough = max(1, places // 2)
        self._reservations: Gather[Reservation, dict[Key, Reserved]] = Gather(
            dispatches.reserve, limit=RESERVED_AT_ONCE, linger_s=reserve_linger_s, enough=enough
        )
        self._records: Gather[Dispatch, Collection[Key]] = Gather(
            dispatches.record, limit=RECORDED_AT_ONCE, linger_s=record_linger_s, enough=enough
        )

    async def run(self, parcel: Parcel, content: bytes, *, paced: Paced, renewed: Renewed) -> Dispatch:
        """Hand an email over when its turn has come; return what came of it, which is recorded.

        Its turn may come long after it was judged: then `renewed` looks again. Once that has come,
        it is handed over and recorded even if the caller is cancelled meanwhile.

        Raises `StaleError` if it has to be judged again, and one of `HALTS` when no other email is accepted
        either: then it waits.
        """
        reserved: list[Dispatch] = []
        token = uuid4().hex

        async def reserve_and_send() -> Dispatch:
            if not reserved:
                reserved.append(await self._reserve(await renewed(parcel), token))
            return await self._send(parcel, content, reserved[0])

        async def send() -> Dispatch:
            async with self._places:
                sending = asyncio.create_task(reserve_and_send())
                try:
                    return await asyncio.shield(sending)
                except asyncio.CancelledError:
                    with suppress(Exception):
                        await asyncio.wait_for(self._recorded(parcel, reserved, sending), GRACE_S)
                    raise

        try:
            return await self._recorded(parcel, reserved, paced(send))
        except StoppingError as error:  # the provider has throttled it: it was not accepted
            if reserved:
                await self._record(self._failed(reserved[0], QuotaSpentError(str(error))))
            raise

    async def _recorded(
        self, parcel: Parcel, reserved: Sequence[Dispatch], sending: Awaitable[Dispatch]
    ) -> Dispatch:
        """Record what comes of an email, and return it, or raise one of `HALTS`."""
        try:
            done = await sending
        except (DeferredError, RefusedError, InDoubtError) as error:
            done = self._failed(reserved[0], error)
            if isinstance(error, RefusedError) and error.bad_address:
                await self._suppress_dead([parcel.address], done.at)
            if isinstance(error, HALTS):
                await self._record(done)
                raise
        return await self._record(done)

    async def _record(self, done: Dispatch) -> Dispatch:
        """Record what came of an email; raise `StaleError` if somebody knows more of it by now."""
        if (done.run_id, done.customer_id) in await self._records.add(done):
            raise StaleError
        return done

    async def _reserve(self, parcel: Parcel, token: str) -> Dispatch:
        """Reserve the email; raise `StaleError` if somebody else has, or its contact has changed."""
        customer_id, now = parcel.email.customer_id, self._now()
        before = parcel.before
        contact = None
        if parcel.counts and before is None:
            contact = written_to(parcel.contact, customer_id, now=now, most=MOST_TIMES)
        reservation = Reservation(
            Dispatch(
                run_id=parcel.run_id,
                customer_id=customer_id,
                outcome=Outcome.SENDING,
                variant=parcel.email.variant,
                transport=self._transport.name,
                tries=(before.tries if before else 0) + 1,
                at=now,
                reserved_by=token,
                refuted=before is not None and before.refuted,
            ),
            contact,
        )
        if (await self._reservations.add(reservation))[reservation.key] is not Reserved.MINE:
            raise StaleError
        return reservation.dispatch

    async def _send(self, parcel: Parcel, content: bytes, reserved: Dispatch) -> Dispatch:
        accepted = await self._transport.send(
            Outgoing(
                run_id=parcel.run_id,
                customer_id=parcel.email.customer_id,
                address=parcel.address,
                content=dated(content, self._now()),
                tags=tags(parcel.run_id, parcel.email.customer_id, parcel.email.variant),
            )
        )
        return reserved.model_copy(
            update={"outcome": Outcome.SENT, "provider_id": accepted.provider_id, "at": self._now()}
        )

    def _failed(self, reserved: Dispatch, error: Exception) -> Dispatch:
        """What came of an email that was refused, put off, or perhaps accepted."""
        reason = str(error)[:MAX_REASON_CHARS]
        outcome = Outcome.IN_DOUBT
        tries = reserved.tries
        if isinstance(error, RefusedError):
            outcome = Outcome.REFUSED
        elif isinstance(error, HALTS):  # no try: nobody looked at the email
            outcome, tries = Outcome.WAITING, tries - 1
        elif isinstance(error, DeferredError):
            is_last = reserved.tries >= self._tries
            outcome = Outcome.REFUSED if is_last else Outcome.WAITING
            reason = f"not accepted in {reserved.tries} tries: {reason}" if is_last else reason
        log.info("email_not_accepted", customer_id=reserved.customer_id, outcome=outcome, tries=tries)
        return reserved.model_copy(
            update={"outcome": outcome, "reason": reason, "tries": tries, "at": self._now()}
        )
