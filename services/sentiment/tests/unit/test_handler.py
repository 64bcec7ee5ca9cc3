import asyncio

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import EventData, SentimentScored, new_event
from fondly.contracts.records import (
    AspectCount,
    AspectMention,
    CategorySentiment,
    Opinion,
    ProductSentiment,
    Sentiment,
    SentimentSummary,
    SharedText,
)
from fondly.runtime.dynamodb_types import write_units
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.totals import total
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from services.sentiment.tests.fakes import POSITIVE
from services.sentiment.tests.world import RUN, World, customer_of, message
from tests.support.stores import InMemoryAnnouncer, InMemoryObjects


@pytest.fixture
async def world() -> World:
    """A new handler with a run of two parts, ingested."""
    made = World()
    await made.ingest()
    return made


def scored_event(world: World) -> SentimentScored:
    """The one announcement."""
    [event] = world.announcer.of(SentimentScored)
    assert isinstance(event, SentimentScored)
    return event


async def test_the_last_part_announces_the_run_once(world: World) -> None:
    """Scores of both parts are stored; one `sentiment-scored` follows, after the aggregates."""
    await world.handle(message(2))
    assert world.announcer.announced == []
    await world.handle(message(1))
    assert (scored_event(world).parts, scored_event(world).reviews) == (2, 2)
    assert [(one.review_id, one.sentiment) for one in await world.scored(1)] == [
        ("r1-0", "POSITIVE"),
        ("s1", None),
    ]
    [product] = await world.objects.get_lines(object_keys.product_sentiment(RUN), ProductSentiment)
    assert (product.positive, product.polarity) == (2, 1.0)
    assert world.products.items["p",]["positive"] == 2


async def test_the_table_holds_every_review_with_its_scores(world: World) -> None:
    """Nobody else writes it: reviews without a word are there too, with customer, products and run."""
    await world.score_all()
    assert set(world.reviews.items) == {("r1-0",), ("s1",), ("r2-0",), ("s2",)}
    said, silent = world.reviews.items["r1-0",], world.reviews.items["s1",]
    assert (said["sentiment"], said["text"]) == ("POSITIVE", "good")
    assert (silent["sentiment"], silent["text"]) == (None, None)
    for item in (said, silent):
        assert (item["customer_id"], item["product_ids"], item["run_id"]) == ("c1", ("p",), RUN)


async def test_a_review_of_two_customers_is_stored_once() -> None:
    """Whatever the file says: DynamoDB refuses a request that has the same review, or opinion, twice."""
    world = World()
    twice = customer_of(1)
    await world.ingest([twice, twice.model_copy(update={"customer_id": "somebody else"})], [customer_of(2)])
    await world.handle(message(1))
    assert world.reviews.items.keys() == {(review.review_id,) for review in twice.reviews}


async def test_writes_are_counted_by_size() -> None:
    """DynamoDB bills a write for each started KB of an item."""
    world = World()
    await world.ingest([customer_of(1, "good " * 500)])
    await world.handle(message(1, parts=1))
    (report,) = [
        report for report in await world.ledger.reports(RUN) if report.name == "part-00001" and report.counts
    ]
    items = [*world.reviews.items.values(), *world.opinions.items.values()]
    assert write_units(items) == 3 + 1 + 1
    assert report.units["dynamodb.writes"] >= write_units(items)


async def test_identical_texts_are_asked_about_once_a_run(world: World) -> None:
    """Both parts hold the same words, and both reviews get the same scores."""
    await world.score_all()
    assert world.asks.asked == ["good"]
    first, second = [(await world.scored(part))[0] for part in (1, 2)]
    assert first.scores == second.scores == POSITIVE.scores


async def test_parts_at_the_same_moment_ask_about_identical_texts_once(world: World) -> None:
    """The second worker waits for the answer that the first is asking for."""
    await asyncio.gather(world.handle(message(1, "first")), world.handle(message(2, "second")))
    assert world.asks.asked == ["good"]
    assert (await world.scored(2))[0].sentiment == "POSITIVE"


async def test_redelivered_parts_are_neither_paid_for_nor_announced_again(world: World) -> None:
    """The ledger records what is done: no second call to Comprehend, no second event."""
    for part in (1, 2, 1, 2, 2):
        await world.handle(message(part))
    assert world.asks.asked == ["good"]
    assert len(world.announcer.announced) == 1


async def test_redelivery_recovers_from_a_crash_before_the_announcement(world: World) -> None:
    """The part that completed the stage announces it when its message is redelivered."""
    await world.handle(message(1))
    announce = world.announcer.announce

    async def crash(_run: str, *events: object) -> None:
        if events:
            raise TransientError("connection reset")

    world.announcer.announce = crash  # type: ignore[method-assign, assignment] # SNS is down
    with pytest.raises(TransientError):
        await world.handle(message(2))
    world.announcer.announce = announce  # type: ignore[method-assign] # and up again
    await world.handle(message(2))
    assert scored_event(world).reviews == 2
    assert world.asks.asked == ["good"]


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
    world = World(recommender)
    recommender.objects = world.objects
    await world.ingest()
    await world.score_all()
    assert [product.product_id for product in recommender.read] == ["p"]


async def test_throttling_leaves_the_part_undone(world: World) -> None:
    """A transient failure records nothing, so redelivery scores the part."""
    world.asks.failures["good"] = TransientError("throttled")
    with pytest.raises(TransientError):
        await world.handle(message(1))
    run = await world.ledger.run(RUN)
    assert run.stage(StageName.SENTIMENT).done == frozenset()


async def test_a_redelivered_part_pays_only_for_missing_answers() -> None:
    """Answers are kept as they arrive; report and result are those of a part without the failure."""
    words = [f"good {number}" for number in range(9)]
    calm, troubled = World(), World()
    for world in (calm, troubled):
        await world.ingest([customer_of(1, *words)])
    await calm.handle(message(1, parts=1))
    troubled.asks.failures["good 5"] = TransientError("throttled")
    with pytest.raises(TransientError):
        await troubled.handle(message(1, parts=1))
    assert troubled.asks.asked == words[:5]
    await troubled.handle(message(1, parts=1))
    assert troubled.asks.asked == words
    assert await troubled.scored(1) == await calm.scored(1)
    reports = [total(await world.ledger.reports(RUN)) for world in (calm, troubled)]
    assert reports[0].counts == reports[1].counts
    assert reports[0].cost_usd["comprehend"] == reports[1].cost_usd["comprehend"]


async def test_a_changed_file_pays_for_what_changed() -> None:
    """Another run with one new text among a hundred known ones asks about that text alone."""
    world = World()
    words = [f"good {number}" for number in range(100)]
    await world.ingest([customer_of(1, *words)])
    await world.handle(message(1, parts=1))
    await world.ingest([customer_of(1, *words[1:], "splendid")], run_id="run-2")
    await world.handle(message(1, parts=1, run_id="run-2"))
    assert sorted(world.asks.asked) == sorted([*words, "splendid"])
    counts = total(await world.ledger.reports("run-2")).counts
    assert (counts["texts_asked"], counts["texts_known"]) == (1, 99)
    assert str(total(await world.ledger.reports("run-2")).cost_usd["comprehend"]) == "0.000300"


async def test_totals_are_of_all_reviews_known() -> None:
    """A file with another customer's review adds to what is known of the product."""
    world = World()
    await world.ingest([customer_of(1)])
    await world.score_all(parts=1)
    await world.ingest([customer_of(2)], run_id="run-2")
    await world.score_all(parts=1, run_id="run-2")
    [product] = await world.objects.get_lines(object_keys.product_sentiment("run-2"), ProductSentiment)
    assert product.positive == 2
    assert scored_event_of(world, "run-2").reviews == 1


def scored_event_of(world: World, run_id: str) -> SentimentScored:
    """The announcement of one run."""
    [event] = [data for run, data in world.announcer.announced if run == run_id]
    assert isinstance(event, SentimentScored)
    return event


async def test_texts_of_unknown_reviewers_count_for_their_product(world: World) -> None:
    """They are scored with their part, and belong to no customer."""
    await world.share(1, SharedText(product_id="p", text="fine"), SharedText(product_id="p", text="  "))
    await world.score_all()
    assert world.asks.asked == ["good", "fine"]
    [opinion] = await world.objects.get_lines(object_keys.shared_opinions(RUN, 1), Opinion)
    assert (opinion.product_id, opinion.sentiment) == ("p", "POSITIVE")
    assert world.products.items["p",]["positive"] == 3
    assert {len(await world.scored(part)) for part in (1, 2)} == {2}
    counts = total(await world.ledger.reports(RUN)).counts
    assert (counts["shared_texts_scored"], counts["shared_texts_unscored"]) == (1, 1)


async def test_the_summary_says_what_customers_said(world: World) -> None:
    """It is stored and announced: texts, labels, languages."""
    await world.share(1, SharedText(product_id="p", text="fine"))
    await world.score_all()
    summary = SentimentSummary.model_validate_json(
        await world.objects.get(object_keys.sentiment_summary(RUN))
    )
    assert summary == scored_event(world).summary
    assert (summary.texts, summary.scored, summary.empty) == (5, 3, 2)
    assert summary.labels == {"POSITIVE": 3, "NEGATIVE": 0, "NEUTRAL": 0, "MIXED": 0}
    assert summary.languages == {"en": 3}


class StrapFinder:
    """Finds that every document praises the strap."""

    async def run(
        self, _run_id: str, documents: list[Document], _bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """One mention each."""
        mention = AspectMention(aspect="strap", sentiment=Sentiment.POSITIVE, begin=0, end=4)
        return {document.words: (mention,) for document in documents}


async def test_aspects_are_stored_by_review_product_category_and_run() -> None:
    """Each text counts once; a product tells of an aspect from two mentions on, a category from five."""
    world = World(find_aspects=StrapFinder())  # type: ignore[arg-type] # a list is a sequence
    await world.ingest([customer_of(number) for number in range(5)])
    await world.score_all(parts=1)
    assert [one.aspect for one in (await world.scored(1))[0].aspects] == ["strap"]
    strap = AspectCount(aspect="strap", praised=5)
    [product] = await world.objects.get_lines(object_keys.product_sentiment(RUN), ProductSentiment)
    assert product.aspects == (strap,)
    [category] = await world.objects.get_lines(object_keys.category_sentiment(RUN), CategorySentiment)
    assert (category.category, category.products, category.scored) == (("Home", "Kettles"), 1, 5)
    assert category.aspects == (strap,)
    summary = scored_event(world).summary
    assert summary is not None
    assert (summary.praised, summary.blamed) == ((strap,), ())


async def test_languages_are_found_for_each_review() -> None:
    """A text in a language without sentiment stays unscored; the others are scored in theirs."""
    world = World(language="auto")
    world.asks.languages_of = {"gut": "de", "நல்ல": "ta", "?": None}
    await world.ingest([customer_of(1, "good", "gut", "நல்ல", "?")])
    await world.score_all(parts=1)
    found = [(one.language, one.sentiment, one.error) for one in await world.scored(1)]
    assert found == [
        ("en", "POSITIVE", None),
        ("de", "POSITIVE", None),
        ("ta", None, "UnsupportedLanguage"),
        (None, None, "UnsupportedLanguage"),
        (None, None, None),
    ]
    counts = total(await world.ledger.reports(RUN)).counts
    assert {name: counts[name] for name in counts if name.startswith("language_")} == {
        "language_en": 1,
        "language_de": 1,
        "language_ta": 1,
        "language_unknown": 1,
    }


async def test_long_texts_are_scored_in_chunks() -> None:
    """Nothing is cut: every sentence is in one of the texts that are asked about."""
    world = World()
    sentences = [f"Sentence number {number} is of the usual length." for number in range(250)]
    await world.ingest([customer_of(1, " ".join(sentences))])
    await world.score_all(parts=1)
    assert len(world.asks.asked) > 1
    assert " ".join(world.asks.asked) == " ".join(sentences)
    assert (await world.scored(1))[0].sentiment == "POSITIVE"
    assert total(await world.ledger.reports(RUN)).counts["texts_chunked"] == 1


async def test_two_simultaneous_messages_of_a_part_cost_as_much_as_one(world: World) -> None:
    """The second waits for the lock and then finds the part done."""
    messages = [message(1, message_id) for message_id in ("first", "second")]
    await asyncio.gather(*(world.handle(each) for each in messages))
    assert world.asks.asked == ["good"]
    assert world.locks.held == [("part-00001", "first"), ("part-00001", "second")]


async def test_a_run_that_has_ended_costs_nothing_more(world: World) -> None:
    """Parts of a failed run are ignored without a call."""
    await world.ledger.fail(RUN, "stopped")
    await world.handle(message(1))
    assert world.asks.asked == []


async def test_a_part_reports_what_it_used(world: World) -> None:
    """The report counts scored and unscored reviews and Comprehend's units."""
    await world.handle(message(1))
    totals = total(await world.ledger.reports(RUN))
    assert totals.counts == {
        "reviews_scored": 1,
        "reviews_unscored": 1,
        "reviews_left_out": 0,
        "shared_texts_scored": 0,
        "shared_texts_unscored": 0,
        "texts_positive": 1,
        "texts_asked": 1,
        "texts_known": 0,
        "texts_chunked": 0,
        "language_en": 1,
    }
    assert str(totals.cost_usd["comprehend"]) == "0.000300"


async def test_an_unexpected_event_is_a_permanent_error(world: World) -> None:
    """The reason names the expected event."""
    body = new_event(SentimentScored(parts=1, reviews=1), run_id=RUN, source="s")
    with pytest.raises(PermanentError, match=r"expected fondly\.data-ingested\.v1"):
        await world.handle(Message("m", "receipt", body.model_dump_json(), 1, 0))
