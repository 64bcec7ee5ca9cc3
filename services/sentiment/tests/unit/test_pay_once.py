import asyncio
from collections.abc import Sequence

import pytest

from fondly.contracts.errors import TransientError
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Keep, Lock
from fondly.sentiment.use_cases.pay_once import PayOnce
from services.sentiment.tests.fakes import InMemoryAsks
from tests.support.kept_answers import InMemoryKeptAnswers

QUESTION = "comprehend/sentiment"


def texts(*words: str, language: str = "en") -> list[Text]:
    """Texts to ask about."""
    return [Text(each, language, QUESTION) for each in words]


async def test_a_text_is_asked_about_once_even_within_one_request() -> None:
    """Repeated words are one text."""
    asks = InMemoryAsks()
    found = await PayOnce(kept=InMemoryKeptAnswers(), parallel_calls=2).run(
        texts("good", "good"), asks.sentiments, Bill("a")
    )
    assert (len(found), asks.asked) == (1, ["good"])


async def test_calls_hold_at_most_twenty_five_texts_of_one_language() -> None:
    """That is what Comprehend accepts."""
    calls: list[tuple[int, set[str]]] = []
    asks = InMemoryAsks()

    async def ask(some: Sequence[Text], lock: Lock, keep: Keep) -> None:
        calls.append((len(some), {text.language for text in some}))
        await asks.sentiments(some, lock, keep)

    english = texts(*(f"good {number}" for number in range(30)))
    german = texts(*(f"gut {number}" for number in range(3)), language="de")
    await PayOnce(kept=InMemoryKeptAnswers(), parallel_calls=2).run([*english, *german], ask, Bill("a"))
    assert sorted(calls) == [(3, {"de"}), (5, {"en"}), (25, {"en"})]


async def test_the_bill_names_what_this_payer_paid_for_in_any_delivery() -> None:
    """Answers that others paid for are known."""
    kept, asks = InMemoryKeptAnswers(), InMemoryAsks()
    pay_once = PayOnce(kept=kept, parallel_calls=2)
    await pay_once.run(texts("good"), asks.sentiments, Bill("other"))
    for _ in range(2):
        bill = Bill("mine")
        await pay_once.run(texts("good", "x" * 350), asks.sentiments, bill)
        assert (bill.counts["texts_asked"], bill.counts["texts_known"]) == (1, 1)
        assert bill.units["comprehend.units"] == 4
    assert len(asks.asked) == 2


async def test_the_lock_of_a_dead_worker_lapses() -> None:
    """Another waits for its answers, then asks itself."""
    kept, asks = InMemoryKeptAnswers(), InMemoryAsks()
    asks.failures["good"] = TransientError("killed")
    pay_once = PayOnce(kept=kept, parallel_calls=1)
    with pytest.raises(TransientError):
        await pay_once.run(texts("good"), asks.sentiments, Bill("dead"))
    waiting = asyncio.create_task(pay_once.run(texts("good"), asks.sentiments, Bill("alive")))
    await asyncio.sleep(0.05)
    assert asks.asked == []
    kept.now += 61
    await waiting
    assert asks.asked == ["good"]


async def test_answers_of_other_calls_are_kept_before_a_failure_is_raised() -> None:
    """A failed call loses no answer already paid for, and no new call is made after it."""
    kept, asks = InMemoryKeptAnswers(), InMemoryAsks()
    words = [f"good {number}" for number in range(250)]
    asks.failures["good 30"] = TransientError("throttled")
    with pytest.raises(TransientError):
        await PayOnce(kept=kept, parallel_calls=2).run(texts(*words), asks.sentiments, Bill("a"))
    assert len(kept.answers) == len(asks.asked)
    assert 25 <= len(asks.asked) < 100
