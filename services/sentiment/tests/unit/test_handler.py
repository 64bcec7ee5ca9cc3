import asyncio

import pytest

from encore.contracts import object_keys
from encore.contracts.errors import PermanentError, TransientError
from encore.contracts.events import DataIngested, EventData, SentimentScored, new_event
from encore.contracts.records import (
    Customer,
    ProductSentiment,
    Review,
    ScoredReview,
)
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import StageName
from encore.runtime.runs.totals import total
from encore.sentiment.handler import SentimentHandler
from encore.sentiment.use_cases.score_part import ScorePart
from encore.sentiment.use_cases.total_products import TotalProducts
from services.sentiment.tests.fakes import POSITIVE, InMemoryScorer
from tests.support.runs import Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects

RUN = "run-1"


class Fixture:
    """The handler over in-memory doubles, and a run of two parts."""

    def __init__(self, announcer: InMemoryAnnouncer | None = None) -> None:
        runs = Runs()
        self.ledger = runs.ledger
        self.locks = runs.locks
        self.objects = InMemoryObjects()
        self.reviews = InMemoryItems("review_id")
        self.products = InMemoryItems("product_id")
        self.announcer = announcer or InMemoryAnnouncer()
        self.scorer = InMemoryScorer()
        self.handle = SentimentHandler(
            runs.stage(StageName.SENTIMENT, self.announcer),
            ScorePart(
                objects=self.objects,
                reviews=self.reviews,
                paid_results=runs.paid_results,
                scorer=self.scorer,
            ),
            TotalProducts(
                objects=self.objects,
                product_sentiments=self.products,
                ledger=self.ledger,
                announcer=self.announcer,
            ),
        )

    async def ingest(self) -> None:
        """Store two parts of one customer each."""
        await self.ledger.open_run(RUN, source="test")
        await self.ledger.set_parts(RUN, 2)
        for part in (1, 2):
            review = Review(review_id=f"r{part}", product_ids=("p",), text="good")
            silent = Review(review_id=f"s{part}", product_ids=("p",))
            customer = Customer(customer_id=f"c{part}", reviews=(review, silent))
            await self.objects.put_lines(object_keys.customers(RUN, part), [customer])

    @staticmethod
    def message(part: int, message_id: str = "m") -> Message:
        """The message about one part."""
        data = DataIngested(part=part, parts=2, key=object_keys.customers(RUN, part), customers=1, reviews=2)
        event = new_event(data, run_id=RUN, source="ingest")
        return Message(message_id, "receipt", event.model_dump_json(), 1, 0)


@pytest.fixture
async def fixture() -> Fixture:
    """A new handler with its run ingested."""
    made = Fixture()
    await made.ingest()
    return made


async def test_the_last_part_announces_the_run_once(fixture: Fixture) -> None:
    """Scores of both parts are stored; one `sentiment-scored` follows, after the aggregates."""
    await fixture.handle(fixture.message(2))
    assert fixture.announcer.announced == []
    await fixture.handle(fixture.message(1))
    assert fixture.announcer.announced == [(RUN, SentimentScored(parts=2, reviews=2))]
    scored = await fixture.objects.get_lines(object_keys.sentiment(RUN, 1), ScoredReview)
    assert [(review.review_id, review.sentiment) for review in scored] == [
        ("r1", "POSITIVE"),
        ("s1", None),
    ]
    [product] = await fixture.objects.get_lines(object_keys.product_sentiment(RUN), ProductSentiment)
    assert (product.positive, product.polarity) == (2, 1.0)
    assert fixture.products.items["p",]["positive"] == 2
    assert fixture.reviews.items["r1",]["sentiment"] == "POSITIVE"
    assert fixture.reviews.items["r1",]["text"] == "good"


async def test_redelivered_parts_are_neither_paid_for_nor_announced_again(fixture: Fixture) -> None:
    """The ledger records what is done: no second call to Comprehend, no second event."""
    for part in (1, 2, 1, 2, 2):
        await fixture.handle(fixture.message(part))
    assert sorted(fixture.scorer.asked) == ["r1", "r2"]
    assert len(fixture.announcer.announced) == 1


async def test_redelivery_recovers_from_a_crash_before_the_announcement(fixture: Fixture) -> None:
    """The part that completed the stage announces it when its message is redelivered."""
    await fixture.handle(fixture.message(1))
    announce = fixture.announcer.announce

    async def crash(_run: str, *events: object) -> None:
        if events:
            raise TransientError("connection reset")

    fixture.announcer.announce = crash  # type: ignore[method-assign, assignment] # SNS is down
    with pytest.raises(TransientError):
        await fixture.handle(fixture.message(2))
    fixture.announcer.announce = announce  # type: ignore[method-assign] # and up again
    await fixture.handle(fixture.message(2))
    assert fixture.announcer.of(SentimentScored) == [SentimentScored(parts=2, reviews=2)]
    assert sorted(fixture.scorer.asked) == ["r1", "r2"]


class ImmediateRecommender(InMemoryAnnouncer):
    """Reads the products' aggregates as soon as a run is announced as scored."""

    objects: InMemoryObjects

    def __init__(self) -> None:
        super().__init__()
        self.read: list[ProductSentiment] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read them; `KeyError` when they are not stored yet."""
        await super().announce(run_id, *events)
        if events:
            key = object_keys.product_sentiment(run_id)
            self.read += await self.objects.get_lines(key, ProductSentiment)


async def test_the_aggregates_are_stored_before_the_run_is_announced_as_scored() -> None:
    """The recommender may read them at once."""
    recommender = ImmediateRecommender()
    fixture = Fixture(recommender)
    recommender.objects = fixture.objects
    await fixture.ingest()
    for part in (1, 2):
        await fixture.handle(fixture.message(part))
    assert [product.product_id for product in recommender.read] == ["p"]


async def test_throttling_leaves_the_part_undone(fixture: Fixture) -> None:
    """A transient failure records nothing, so redelivery scores the part."""
    fixture.scorer.failures["r1"] = TransientError("throttled")
    with pytest.raises(TransientError):
        await fixture.handle(fixture.message(1))
    run = await fixture.ledger.run(RUN)
    assert run.stage(StageName.SENTIMENT).done == frozenset()


async def test_a_redelivered_part_pays_only_for_missing_scores(fixture: Fixture) -> None:
    """Scores are kept as they arrive, and the part ends with the same result as without the failure."""
    reviews = tuple(Review(review_id=f"r{n}", product_ids=("p",), text="good") for n in range(9))
    await fixture.objects.put_lines(
        object_keys.customers(RUN, 1), [Customer(customer_id="c1", reviews=reviews)]
    )
    fixture.scorer.failures["r5"] = TransientError("throttled")
    with pytest.raises(TransientError):
        await fixture.handle(fixture.message(1))
    assert fixture.scorer.asked == ["r0", "r1", "r2", "r3", "r4"]
    await fixture.handle(fixture.message(1))
    assert fixture.scorer.asked == [review.review_id for review in reviews]
    scored = await fixture.objects.get_lines(object_keys.sentiment(RUN, 1), ScoredReview)
    assert [(review.sentiment, review.scores) for review in scored] == [
        (POSITIVE.sentiment, POSITIVE.scores)
    ] * 9


async def test_two_simultaneous_messages_of_a_part_cost_as_much_as_one(fixture: Fixture) -> None:
    """The second waits for the lock and then finds the part done."""
    messages = [fixture.message(1, message_id) for message_id in ("first", "second")]
    await asyncio.gather(*(fixture.handle(message) for message in messages))
    assert fixture.scorer.asked == ["r1"]
    assert fixture.locks.held == [("part-00001", "first"), ("part-00001", "second")]


async def test_a_run_that_has_ended_costs_nothing_more(fixture: Fixture) -> None:
    """Parts of a failed run are ignored without a call."""
    await fixture.ledger.fail(RUN, "stopped")
    await fixture.handle(fixture.message(1))
    assert fixture.scorer.asked == []


async def test_a_part_reports_what_it_used(fixture: Fixture) -> None:
    """The report counts scored and unscored reviews and Comprehend's units."""
    await fixture.handle(fixture.message(1))
    totals = total(await fixture.ledger.reports(RUN))
    assert totals.counts == {"reviews_scored": 1, "reviews_unscored": 1, "texts_cut": 0}
    assert str(totals.cost_usd["comprehend"]) == "0.000300"


async def test_an_unexpected_event_is_a_permanent_error(fixture: Fixture) -> None:
    """The reason names the expected event."""
    body = new_event(SentimentScored(parts=1, reviews=1), run_id=RUN, source="s")
    with pytest.raises(PermanentError, match=r"expected encore\.data-ingested\.v1"):
        await fixture.handle(Message("m", "receipt", body.model_dump_json(), 1, 0))
