"""One email is handed over by whoever has reserved it, and by nobody else."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest

from fondly.contracts.consent import Contact
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.sender.domain.fields import dated
from fondly.sender.use_cases.hand_over import HandOver, Parcel, StaleError
from services.sender.tests.fakes import NOON, FakeDispatches, FakeTransport, message_to
from tests.support.runs import RUN

ADDRESS = "c1@mail.example"
LATER = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
EMAIL = FinishedEmail(customer_id="c1", key="c1.eml", address=ADDRESS)


async def at_once(call: Callable[[], Awaitable[Dispatch]]) -> Dispatch:
    """Have every turn come at once."""
    return await call()


async def as_judged(parcel: Parcel) -> Parcel:
    """Nothing has been said meanwhile."""
    return parcel


async def nobody_is_dead(addresses: list[str], at: datetime) -> None:
    """No provider says here that there is no such mailbox."""
    raise AssertionError(addresses, at)


async def hand_over(
    dispatches: FakeDispatches, transport: FakeTransport, now: datetime = NOON, **known: object
) -> Dispatch:
    """Hand the email over, as it was judged with what was known then."""
    use_case = HandOver(
        transport=transport,
        dispatches=dispatches,
        tries=3,
        suppress_dead=nobody_is_dead,
        places=1,
        now=lambda: now,
    )
    parcel = Parcel(run_id=RUN, email=EMAIL, address=ADDRESS, judged_at=NOON, **known)  # type: ignore[arg-type] # as given
    return await use_case.run(parcel, message_to(ADDRESS), paced=at_once, renewed=as_judged)


@pytest.mark.parametrize("outcome", [Outcome.SENDING, Outcome.SENT, Outcome.IN_DOUBT, Outcome.SUPPRESSED])
async def test_an_email_that_somebody_else_has_reserved_is_not_handed_over(outcome: Outcome) -> None:
    """Whatever has become of it: it is judged again."""
    dispatches, transport = FakeDispatches({}), FakeTransport()
    other = Dispatch(run_id=RUN, customer_id="c1", outcome=outcome, at=NOON, reserved_by="another worker's")
    dispatches.items[RUN, "c1"] = other
    with pytest.raises(StaleError):
        await hand_over(dispatches, transport)
    assert transport.accepted == []
    assert dispatches.items[RUN, "c1"] == other


async def test_a_customer_who_has_had_another_email_meanwhile_is_looked_at_again() -> None:
    """Another run's email may have been the last that they may have."""
    dispatches = FakeDispatches({"c1": Contact(customer_id="c1", times=(1,), version=1)})
    transport = FakeTransport()
    with pytest.raises(StaleError):
        await hand_over(dispatches, transport, contact=None)
    assert transport.accepted == []


async def test_an_email_is_dated_when_it_is_handed_over() -> None:
    """Not when it was made, which may be days ago; nothing else of it changes."""
    transport = FakeTransport()
    await hand_over(FakeDispatches({}), transport, now=LATER)
    [sent] = transport.accepted
    assert parsedate_to_datetime(str(message_from_bytes(sent.content)["Date"])) == LATER
    assert sent.content.replace(b"Sat, 28 Nov 2026 07:30:00", b"Thu, 26 Nov 2026 12:00:00") == message_to(
        ADDRESS
    )


def test_a_message_without_a_header_stays_as_it_is() -> None:
    """It is refused by whoever looks at it as a whole."""
    assert dated(b"no header", NOON) == b"no header"


async def test_of_two_at_the_same_moment_one_hands_it_over() -> None:
    """The other is told to look again."""
    dispatches, transport = FakeDispatches({}), FakeTransport()
    rivals = [hand_over(dispatches, transport), hand_over(dispatches, transport)]
    results = await asyncio.gather(*rivals, return_exceptions=True)
    assert [type(each) for each in results if isinstance(each, Exception)] == [StaleError]
    assert transport.times == {"c1": 1}
    assert dispatches.items[RUN, "c1"].outcome is Outcome.SENT


async def test_an_email_of_which_more_is_known_by_now_is_judged_again() -> None:
    """A report has proved it while its server was slow: what this worker knows of it may not count, too."""
    dispatches, transport = FakeDispatches({}), FakeTransport()

    def prove(_: object) -> None:
        found = dispatches.items[RUN, "c1"]
        proved = {"outcome": Outcome.SENT, "proved_from": Outcome.SENDING}
        dispatches.items[RUN, "c1"] = found.model_copy(update=proved)

    transport.answer = prove
    with pytest.raises(StaleError):
        await hand_over(dispatches, transport)
    assert dispatches.items[RUN, "c1"].proved_from is Outcome.SENDING


async def test_what_is_being_handed_over_is_recorded_though_its_pass_is_cancelled() -> None:
    """Its message or its lock is lost: the server may be about to accept it, and nobody else may look yet."""
    dispatches, transport = FakeDispatches({}), FakeTransport(takes_s=0.02)
    passing = asyncio.create_task(hand_over(dispatches, transport))
    for _ in range(20):
        await asyncio.sleep(0)
    assert dispatches.items[RUN, "c1"].outcome is Outcome.SENDING
    passing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await passing
    assert transport.times == {"c1": 1}
    assert dispatches.items[RUN, "c1"].outcome is Outcome.SENT


async def test_no_more_is_reserved_than_the_provider_takes_soon() -> None:
    """Whatever waits for its place is not in doubt if the worker dies: nobody has reserved it."""
    dispatches, transport = FakeDispatches({}), FakeTransport(takes_s=0.01)
    begun = Counter[str]()

    def reserved(_: object) -> None:
        begun["most"] = max(begun["most"], dispatches.reservations - len(transport.accepted))

    transport.answer = reserved
    use_case = HandOver(
        transport=transport,
        dispatches=dispatches,
        tries=3,
        suppress_dead=nobody_is_dead,
        places=8,
        now=lambda: NOON,
        reserve_linger_s=0.0,
        record_linger_s=0.0,
    )

    async def one(number: int) -> Dispatch:
        email = FinishedEmail(customer_id=f"c{number}", key=f"c{number}.eml", address=ADDRESS)
        parcel = Parcel(run_id=RUN, email=email, address=ADDRESS, judged_at=NOON)
        return await use_case.run(parcel, message_to(ADDRESS), paced=at_once, renewed=as_judged)

    done = await asyncio.gather(*map(one, range(40)))
    assert {each.outcome for each in done} == {Outcome.SENT}
    assert transport.times == Counter(f"c{number}" for number in range(40))
    assert begun["most"] == 8


async def test_an_email_is_sent_when_the_provider_says_so() -> None:
    """Not when it was reserved: it may have waited for a connection."""
    times = iter([NOON, NOON, LATER])
    dispatches = FakeDispatches({})
    use_case = HandOver(
        transport=FakeTransport(),
        dispatches=dispatches,
        tries=3,
        suppress_dead=nobody_is_dead,
        places=1,
        now=lambda: next(times),
    )
    parcel = Parcel(run_id=RUN, email=EMAIL, address=ADDRESS, judged_at=NOON)
    sent = await use_case.run(parcel, message_to(ADDRESS), paced=at_once, renewed=as_judged)
    assert (sent.outcome, sent.at) == (Outcome.SENT, LATER)
    assert dispatches.items[RUN, "c1"] == sent
