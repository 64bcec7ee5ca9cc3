"""Nothing is paid for on account of customers who get no email."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts import object_keys
from fondly.contracts.consent import address_entry, customer_entry
from fondly.contracts.events import SentimentScored
from fondly.contracts.records import Customer, Exclusion, Review, SentimentSummary, SharedText
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.totals import total
from services.sentiment.tests.world import RUN, World, customer_of
from tests.support.consent import suppressed

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


async def scored(customers: Sequence[Customer]) -> World:
    """A run of these customers, asked about in every way that costs something."""
    world = World(language="auto", ask_aspects=True)
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


async def suppress(world: World, *entries: str) -> None:
    """Put entries into the table that all runs share."""
    await world.suppressions.put_all([suppressed(each).model_dump(mode="json") for each in entries])


@pytest.mark.parametrize("entry", [customer_entry("c2"), address_entry("Two@Shop.Example")])
async def test_nothing_is_asked_about_what_a_suppressed_customer_wrote(entry: str) -> None:
    """Though the file knows nothing of it: they have unsubscribed, or their address has bounced, since."""
    world = World(language="auto", ask_aspects=True)
    await suppress(world, entry)
    theirs = customer_of(2, "good", "mine alone").model_copy(update={"email": "two@shop.example"})
    await world.ingest([customer_of(1), theirs])
    await world.score_all(parts=1)
    assert {*world.asks.asked, *world.asks.besides} == {"good"}
    assert (await summary(world)).left_out == 1
    assert (await _counts(world))["reviews_left_out"] == 1


@pytest.mark.parametrize("ask_aspects", [True, False])
async def test_what_was_paid_for_before_somebody_unsubscribed_stays_known(*, ask_aspects: bool) -> None:
    """Else a file that has it again would take what they liked out of everybody's reasons."""
    world = World(language="auto", ask_aspects=ask_aspects)
    await world.ingest([customer_of(1), customer_of(2, "bad", "fine")])
    await world.score_all(parts=1)
    before = await world.scored(1)
    assert [one.sentiment for one in before if not one.review_id.startswith("s")] == ["POSITIVE"] * 3
    asked = [*world.asks.asked, *world.asks.besides]
    await suppress(world, customer_entry("c2"))
    new = Review(review_id="new", product_ids=("p",), text="new")
    theirs = customer_of(2, "bad", "fine")
    again = [customer_of(1), theirs.model_copy(update={"reviews": (*theirs.reviews, new)})]
    await world.ingest(again, run_id="run-2")
    await world.score_all(parts=1, run_id="run-2")
    *known, last = await world.scored(1, run_id="run-2")
    assert (known, last.review_id, last.sentiment) == (before, "new", None)
    assert [*world.asks.asked, *world.asks.besides] == asked
    reports = await world.ledger.reports("run-2")
    (report,) = (one for one in reports if (one.stage, one.name) == (StageName.SENTIMENT, "part-00001"))
    assert "comprehend.units" not in report.units
    assert report.counts["reviews_left_out"] == 1


async def test_a_part_that_is_repeated_after_somebody_unsubscribed_costs_the_same() -> None:
    """What it has paid for stays on its bill."""
    world = World()
    await world.ingest([customer_of(1, "mine alone")])
    first = await world.score_part.run(RUN, 1)
    await suppress(world, customer_entry("c1"))
    again = await world.score_part.run(RUN, 1)
    assert again.units["comprehend.units"] == first.units["comprehend.units"] > 0
    assert (again.counts["reviews_scored"], world.asks.asked) == (1, ["mine alone"])


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
    world = World(language="auto", ask_aspects=True, score_excluded=True)
    await suppress(world, customer_entry("c2"))
    await world.ingest([excluded(customer_of(1, "good")), customer_of(2, "bad")])
    await world.share(1, SharedText(product_id="p", text="fine"))
    await world.score_all(parts=1)
    assert sorted(world.asks.asked) == ["bad", "fine", "good"]
    assert (await summary(world)).left_out == 0
