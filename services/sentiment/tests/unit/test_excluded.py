"""Nothing is paid for on account of customers who get no email."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from encore.contracts import object_keys
from encore.contracts.events import SentimentScored
from encore.contracts.records import Customer, Exclusion, Review, SentimentSummary, SharedText
from encore.runtime.runs.totals import total
from encore.sentiment.domain.job import JobStatus
from encore.sentiment.domain.job_output import JobLine
from services.sentiment.tests.fakes import POSITIVE
from services.sentiment.tests.world import JOB_FROM_TEXTS, RUN, World, customer_of, message, poll

WORDS = ("good", "bad", "so so", "fine", "")
REVIEWS = st.lists(st.sampled_from(WORDS), max_size=4)
CUSTOMERS = st.lists(st.tuples(st.none() | st.sampled_from(Exclusion), REVIEWS), min_size=1, max_size=6).map(
    lambda rows: [_customer(number, exclusion, words) for number, (exclusion, words) in enumerate(rows)]
)


def _customer(number: int, exclusion: Exclusion | None, words: Sequence[str]) -> Customer:
    reviews = [
        Review(review_id=f"r{number}-{index}", product_ids=("p",), text=text)
        for index, text in enumerate(words)
    ]
    return Customer(customer_id=f"c{number}", exclusion=exclusion, reviews=tuple(reviews))


def excluded(customer: Customer) -> Customer:
    """The customer, who does not want marketing."""
    return customer.model_copy(update={"exclusion": Exclusion.NO_CONSENT})


async def scored(customers: Sequence[Customer], *, score_excluded: bool = False) -> World:
    """A run of these customers, asked about in every way that costs something."""
    world = World(language="auto", ask_aspects=True, score_excluded=score_excluded)
    await world.ingest(customers)
    await world.share(1, SharedText(product_id="p", text="fine"))
    await world.score_all(parts=1)
    return world


async def summary(world: World) -> SentimentSummary:
    """What the run's customers said."""
    stored = await world.objects.get(object_keys.sentiment_summary(RUN))
    return SentimentSummary.model_validate_json(stored)


@given(CUSTOMERS)
def test_only_words_of_others_are_asked_about(customers: Sequence[Customer]) -> None:
    """Neither their language, nor their sentiment, nor their aspects, whatever the mixture of customers."""
    world = asyncio.run(scored(customers))
    mailed = [one for one in customers if one.exclusion is None]
    allowed = {"fine", *(review.document for one in mailed for review in one.reviews)}
    assert allowed.issuperset(world.asks.asked)
    assert allowed.issuperset(world.asks.besides)


@given(CUSTOMERS)
def test_what_is_left_out_is_no_failure(customers: Sequence[Customer]) -> None:
    """Every text of the others has a label, and reviews that nobody was asked about are counted apart."""
    world = asyncio.run(scored(customers))
    said, counts = asyncio.run(summary(world)), asyncio.run(_counts(world))
    reviews = [review for one in customers for review in one.reviews]
    silent = sum(not review.document for review in reviews)
    assert said.texts + said.left_out == len(reviews) + 1
    assert said.scored + said.empty == said.texts
    assert (said.empty, counts["reviews_unscored"]) == (silent, silent)
    assert counts["reviews_left_out"] == said.left_out


async def _counts(world: World) -> dict[str, int]:
    return total(await world.ledger.reports(RUN)).counts


async def test_words_that_somebody_else_wrote_as_well_are_known_of_everybody() -> None:
    """They cost nothing more, so the review of a customer without consent has its label."""
    world = await scored([customer_of(1), excluded(customer_of(2, "good", "mine alone"))])
    labels = {one.review_id: one.sentiment for one in await world.scored(1)}
    assert (labels["r2-0"], labels["r2-1"]) == ("POSITIVE", None)
    assert all(one.error is None for one in await world.scored(1))


async def test_a_run_without_anybody_to_mail_is_scored_all_the_same() -> None:
    """It is announced, with what nobody was asked about."""
    world = World()
    await world.ingest([excluded(customer_of(1))])
    await world.score_all(parts=1)
    [event] = world.announcer.of(SentimentScored)
    assert isinstance(event, SentimentScored)
    assert (event.reviews, event.summary and event.summary.left_out) == (0, 1)
    assert world.asks.asked == []


async def test_a_setting_scores_them_as_opinions_on_products() -> None:
    """For shops that take published reviews for the shop's, not the customer's."""
    world = await scored([excluded(customer_of(1, "good"))], score_excluded=True)
    assert sorted(world.asks.asked) == ["fine", "good"]
    assert (await summary(world)).left_out == 0


async def test_a_job_is_not_asked_about_them_either() -> None:
    """Its input has the words of others alone, and the run ends as if it had been asked by calls."""
    world = World()
    words = [f"good {number}" for number in range(JOB_FROM_TEXTS)]
    await world.ingest([customer_of(1, *words), excluded(customer_of(2, "mine alone"))])
    await world.handle(message(1, parts=1, run_texts=JOB_FROM_TEXTS))
    asked = world.objects.stored[object_keys.sentiment_job(RUN, "input/en/texts-00001.txt")]
    assert b"mine alone" not in asked
    lines = [JobLine("texts-00001.txt", number, POSITIVE) for number in range(len(words))]
    world.outputs.written["output-en"] = lines
    world.jobs.end("en", JobStatus.COMPLETED)
    await world.handle(poll(1))
    assert (world.asks.asked, (await summary(world)).left_out) == ([], 1)
