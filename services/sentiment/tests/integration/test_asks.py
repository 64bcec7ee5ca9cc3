"""The double of Comprehend keeps the same contract as the adapter on understudy."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack

import pytest
from aiobotocore.session import get_session

from fondly.contracts.errors import TransientError
from fondly.contracts.records import Sentiment
from fondly.runtime.quota.limiter import Limiter
from fondly.sentiment.adapters.comprehend import Comprehend
from fondly.sentiment.domain.answers import LANGUAGE, MENTIONS
from fondly.sentiment.domain.scores import SCORE
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Asks
from services.sentiment.tests.fakes import InMemoryAsks
from understudy.testing import UnderstudyServer


async def lock_all(wanted: Sequence[Text]) -> Sequence[Text]:
    """Lock every text."""
    return wanted


class Kept(dict[str, str]):
    """Answers by key; a text that is answered twice fails the test."""

    async def keep(self, answers: Mapping[str, str]) -> None:
        """Add the answers of one call."""
        assert answers
        assert not self.keys() & answers.keys()
        self.update(answers)


@pytest.fixture(params=["memory", "comprehend"])
async def asks(request: pytest.FixtureRequest) -> AsyncIterator[Asks]:
    """The double, and the adapter on understudy."""
    if request.param == "memory":
        yield InMemoryAsks()
        return
    async with AsyncExitStack() as stack:
        server = stack.enter_context(UnderstudyServer())
        client = await stack.enter_async_context(
            get_session().create_client("comprehend", endpoint_url=server.url)
        )
        yield Comprehend(client, Limiter(1000), parallel_calls=4)


def texts(question: str) -> list[Text]:
    """A full call."""
    return [Text(f"Excellent, I love it. {number}", "en", question) for number in range(25)]


async def test_every_text_is_scored_once(asks: Asks) -> None:
    """Each gets a label and confidences that add up to 1."""
    kept = Kept()
    await asks.sentiments(texts("comprehend/sentiment"), lock_all, kept.keep)
    assert len(kept) == 25
    for score in map(SCORE.read, kept.values()):
        assert (score.sentiment, score.error) == (Sentiment.POSITIVE, None)
        assert score.scores is not None
        assert sum(score.scores.model_dump().values()) == pytest.approx(1, abs=1e-4)


async def test_every_text_has_a_language(asks: Asks) -> None:
    """These are English."""
    kept = Kept()
    await asks.languages(texts("comprehend/language"), lock_all, kept.keep)
    assert {LANGUAGE.read(answer) for answer in kept.values()} == {"en"}


async def test_every_text_has_its_mentions(asks: Asks) -> None:
    """Or none: that is an answer too."""
    kept = Kept()
    await asks.aspects(texts("comprehend/aspects"), lock_all, kept.keep)
    assert [len(MENTIONS.read(answer)) for answer in kept.values()] == [0] * 25


async def test_an_error_of_keep_is_raised(asks: Asks) -> None:
    """Answers that cannot be kept must not pass for kept."""

    async def fail(_: Mapping[str, str]) -> None:
        raise TransientError("throttled")

    with pytest.raises(TransientError):
        await asks.sentiments(texts("comprehend/sentiment")[:1], lock_all, fail)
