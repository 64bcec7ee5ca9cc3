"""A provider that is out of order does not use up the one chance of every email."""

import asyncio
from collections.abc import Sequence

import pytest

from fondly.sender.adapters.careful import (
    FIRST_PAUSE_S,
    MAX_PAUSE_S,
    MOST_DOUBTS,
    MOST_REFUSALS,
    CarefulTransport,
)
from fondly.sender.ports import Accepted, DeferredError, InDoubtError, Outgoing, RefusedError, UnusableError
from services.sender.tests.messages import outgoing

EMAIL = outgoing()


class Provider:
    """Answers as it is told: None accepts."""

    name = "fake"

    def __init__(self) -> None:
        self.answer: Exception | None = None
        self.tried = 0
        self.free = asyncio.Event()
        self.free.set()

    async def send(self, email: Outgoing) -> Accepted:
        """Accept, or raise the answer."""
        assert email is EMAIL
        self.tried += 1
        await self.free.wait()
        if self.answer:
            raise self.answer
        return Accepted("1")


class Case:
    """A careful transport, its provider and a clock."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.provider = Provider()
        self.transport = CarefulTransport(self.provider, now=lambda: self.time)

    async def sent(self, times: int, answer: Exception | None = None) -> Sequence[type[Exception] | None]:
        """Send so many emails; return how each ended."""
        self.provider.answer = answer
        return [await self._one() for _ in range(times)]

    async def _one(self) -> type[Exception] | None:
        try:
            await self.transport.send(EMAIL)
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            return type(error)
        return None


async def test_outage_leaves_few_in_doubt() -> None:
    """After five in a row nothing is handed over for a minute."""
    case = Case()
    ended = await case.sent(10, InDoubtError("503"))
    assert ended == [InDoubtError] * MOST_DOUBTS + [UnusableError] * (10 - MOST_DOUBTS)
    assert case.provider.tried == MOST_DOUBTS


async def test_one_email_tells_whether_it_is_better() -> None:
    """After the pause; if it is not, the next pause is twice as long, up to a quarter of an hour."""
    case = Case()
    await case.sent(MOST_DOUBTS, InDoubtError("503"))
    pause_s = FIRST_PAUSE_S
    for _ in range(7):
        case.time += pause_s - 1
        assert await case.sent(1) == [UnusableError]
        case.time += 1
        assert await case.sent(2, InDoubtError("503")) == [InDoubtError, UnusableError]
        pause_s = min(MAX_PAUSE_S, 2 * pause_s)
    case.time += pause_s
    assert await case.sent(5) == [None] * 5
    assert await case.sent(MOST_DOUBTS, InDoubtError("503")) == [InDoubtError] * MOST_DOUBTS
    case.time += FIRST_PAUSE_S
    assert await case.sent(1) == [None]


async def test_only_one_email_is_the_one_that_tells() -> None:
    """While it is under way, the others keep their chance."""
    case = Case()
    await case.sent(MOST_DOUBTS, InDoubtError("503"))
    case.time += FIRST_PAUSE_S
    case.provider.answer = None
    case.provider.free.clear()
    first = asyncio.create_task(case.transport.send(EMAIL))
    await asyncio.sleep(0)
    with pytest.raises(UnusableError, match=r"5 emails in a row are in doubt, the last one by: 503"):
        await case.transport.send(EMAIL)
    case.provider.free.set()
    assert await first == Accepted("1")
    assert await case.sent(1) == [None]


async def test_emails_that_are_under_way_begin_no_longer_pause() -> None:
    """Many at a time fail with the provider; that is one outage."""
    case = Case()
    case.provider.answer = InDoubtError("503")
    case.provider.free.clear()
    sending = [asyncio.create_task(case.transport.send(EMAIL)) for _ in range(20)]
    await asyncio.sleep(0)
    case.provider.free.set()
    await asyncio.gather(*sending, return_exceptions=True)
    case.time += FIRST_PAUSE_S
    assert await case.sent(1) == [None]


async def test_provider_that_refuses_everything_is_no_fault_of_the_emails() -> None:
    """From the 21st on, they keep their chance."""
    case = Case()
    ended = await case.sent(MOST_REFUSALS + 5, RefusedError("554 blocked"))
    assert ended == [RefusedError] * MOST_REFUSALS + [UnusableError] * 5
    case.time += FIRST_PAUSE_S
    assert await case.sent(1, RefusedError("554 blocked")) == [UnusableError]
    case.time += 2 * FIRST_PAUSE_S
    assert await case.sent(1) == [None]


async def test_what_is_about_one_email_stops_nobody() -> None:
    """Mailboxes that do not exist, emails that come later, and faults between emails that are accepted."""
    case = Case()
    assert set(await case.sent(99, RefusedError("550", bad_address=True))) == {RefusedError}
    assert set(await case.sent(99, DeferredError("451"))) == {DeferredError}
    for _ in range(40):
        assert await case.sent(1, InDoubtError("lost")) == [InDoubtError]
        assert await case.sent(1, RefusedError("554")) == [RefusedError]
        assert await case.sent(1) == [None]


async def test_cancelled_probe_lets_another_one_try() -> None:
    """A service that stops leaves nothing closed behind."""
    case = Case()
    await case.sent(MOST_DOUBTS, InDoubtError("503"))
    case.time += FIRST_PAUSE_S
    case.provider.answer = None
    case.provider.free.clear()
    first = asyncio.create_task(case.transport.send(EMAIL))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    case.provider.free.set()
    assert await case.sent(1) == [None]


async def test_email_from_before_the_pause_is_not_the_one_that_tells() -> None:
    """Its end lets no second one through beside the one that is under way."""
    case = Case()
    case.provider.free.clear()
    before = asyncio.create_task(case.transport.send(EMAIL))
    await asyncio.sleep(0)
    held, case.provider.free = case.provider.free, asyncio.Event()
    case.provider.free.set()
    await case.sent(MOST_DOUBTS, InDoubtError("503"))
    case.time += FIRST_PAUSE_S
    case.provider.free = asyncio.Event()
    telling = asyncio.create_task(case.transport.send(EMAIL))
    await asyncio.sleep(0)
    held.set()
    with pytest.raises(InDoubtError):
        await before
    with pytest.raises(UnusableError):
        await case.transport.send(EMAIL)
    case.provider.answer = None
    case.provider.free.set()
    assert await telling == Accepted("1")
