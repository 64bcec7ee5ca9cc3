"""The scorer in memory keeps the same contract as Comprehend's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest
from aiobotocore.session import get_session

from encore.contracts.errors import TransientError
from encore.contracts.records import Sentiment
from encore.sentiment.adapters.comprehend import ComprehendScorer
from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Score
from encore.sentiment.ports import Scorer
from services.sentiment.tests.fakes import InMemoryScorer
from understudy.testing import UnderstudyServer


class Kept(dict[str, Score]):
    """Scores by review id; a document that is scored twice fails the test."""

    async def keep(self, scores: Mapping[str, Score]) -> None:
        """Add the scores of one call."""
        assert scores
        assert not self.keys() & scores.keys()
        self.update(scores)


@pytest.fixture(params=["memory", "comprehend"])
async def scorer(request: pytest.FixtureRequest) -> AsyncIterator[Scorer]:
    """The double, and the adapter on understudy."""
    if request.param == "memory":
        yield InMemoryScorer()
        return
    async with AsyncExitStack() as stack:
        server = stack.enter_context(UnderstudyServer())
        client = await stack.enter_async_context(
            get_session().create_client("comprehend", endpoint_url=server.url)
        )
        yield ComprehendScorer(client, language="en", calls_per_s=1000, parallel_calls=4)


async def test_every_document_is_scored_once(scorer: Scorer) -> None:
    """More documents than one call holds: each gets a label and confidences that add up to 1."""
    documents = [Document(f"r{number}", "Excellent, I love it.") for number in range(60)]
    kept = Kept()
    await scorer.score(documents, keep=kept.keep)
    assert kept.keys() == {document.review_id for document in documents}
    for score in kept.values():
        assert (score.sentiment, score.error) == (Sentiment.POSITIVE, None)
        assert score.scores is not None
        total = score.scores.positive + score.scores.negative + score.scores.neutral + score.scores.mixed
        assert total == pytest.approx(1, abs=1e-4)


async def test_no_documents_take_no_call(scorer: Scorer) -> None:
    """`keep` is not called either."""
    kept = Kept()
    await scorer.score([], keep=kept.keep)
    assert not kept


async def test_an_error_of_keep_is_raised(scorer: Scorer) -> None:
    """Scores that cannot be kept must not pass for scored."""

    async def fail(_: Mapping[str, Score]) -> None:
        raise TransientError("throttled")

    with pytest.raises(TransientError):
        await scorer.score([Document("r1", "Excellent, I love it.")], keep=fail)
