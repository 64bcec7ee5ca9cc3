"""A customer's current picks are those of the run while nothing has changed, and follow what has."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from fondly.contracts import object_keys
from fondly.contracts.consent import Contact
from fondly.contracts.records import Exclusion, Pick
from fondly.recommender.domain.history.known import KnownPurchase
from fondly.recommender.domain.personalize.rankings import KeptRanking
from fondly.recommender.domain.picking.picks import MOST_AFTER_COMPLAINT
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.realtime.current_picks import PickedFrom, read_picks
from fondly.recommender.ports import NoRankingError, NoShopError
from services.recommender.tests.fakes import Shop
from services.recommender.tests.real_time import Ranks, current_picks_of, exclude, shown
from services.recommender.tests.world import ALONE, ENOUGH, RUN, TOO_LITTLE, World

SOMEBODY = "C0"
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "GetRecommendations")
EARLIER, LATER = "run-0", "run-2"


async def finished(world: World, run_id: str = RUN, shop: Shop = ENOUGH) -> World:
    """A world with a run to its end."""
    await world.open(shop, run_id)
    await world.run_to_end(run_id)
    return world


def departments_of(picks: Sequence[Pick]) -> set[str]:
    """The departments that picks are of."""
    return {one.product.category[0] for one in picks if one.product.category}


async def bought(world: World, customer_id: str, product_id: str) -> None:
    """Let a customer buy something."""
    history = await world.known(customer_id)
    assert history is not None
    purchase = KnownPurchase(order_id=f"o-{product_id}", product_id=product_id)
    known = history.model_copy(update={"purchases": (*history.purchases, purchase)})
    await world.histories.put_all([known.item()])


@pytest.fixture(scope="module")
def template() -> World:
    """A world with one run to its end, which tests copy."""
    return asyncio.run(finished(World(rules=ALONE)))


@pytest.fixture
def world(template: World) -> World:
    """A world with one run to its end."""
    return template.copied()


async def test_picks_are_those_of_the_run_for_every_customer(world: World) -> None:
    """Products, reasons and order are the same while nothing has changed since."""
    current = current_picks_of(world)
    await current.shops.renew()
    for part in (1, 2):
        for one in await world.recommended(part):
            answer = await current.find(one.customer_id)
            assert json.loads(answer.picks) == shown(one.picks)
            assert (answer.picked_from, answer.customer.is_known, answer.run_id) == (
                PickedFrom.BATCH,
                True,
                RUN,
            )


async def test_a_complaint_is_known_while_no_later_file_has_the_customer() -> None:
    """Picks are the few that say sorry, as in the run; they are few after another file, too."""
    world, ([first, *others], *parts) = World(rules=ALONE), TOO_LITTLE.parts
    review = first.reviews[0].model_copy(update={"text": "It gave me a shock."})
    unsafe = first.model_copy(update={"reviews": (review, *first.reviews[1:])})
    await finished(world, RUN, replace(TOO_LITTLE, parts=[[unsafe, *others], *parts]))
    current = current_picks_of(world)
    await current.shops.renew()
    answer, recommended = await current.find(first.customer_id), (await world.recommended(1))[0]
    assert (answer.customer.complaint, json.loads(answer.picks)) == (
        recommended.complaint,
        shown(recommended.picks),
    )
    await finished(world, LATER, replace(TOO_LITTLE, parts=[others, *parts]))
    await current.shops.renew()
    later = await current.find(first.customer_id)
    assert (later.run_id, later.customer.complaint) == (LATER, answer.customer.complaint)
    assert len(read_picks(later.picks)) == len(recommended.picks) == MOST_AFTER_COMPLAINT


async def test_what_a_customer_wants_nothing_of_is_left_out_at_once(world: World) -> None:
    """With the same picks for everybody else; the next run leaves it out, too."""
    current = current_picks_of(world)
    await current.shops.renew()
    before = await current.find(SOMEBODY)
    unwanted = read_picks(before.picks)[0].product.category[0]
    contact = Contact(customer_id=SOMEBODY, topics_off=(unwanted,))
    await world.contacts.put_all([contact.model_dump(mode="json")])
    after = await current.find(SOMEBODY)
    assert after.picks != before.picks
    assert unwanted not in departments_of(read_picks(after.picks))
    await finished(world, LATER)
    recommended = {one.customer_id: one for part in (1, 2) for one in await world.recommended(part, LATER)}
    assert unwanted not in departments_of(recommended.pop(SOMEBODY).picks)
    assert any(unwanted in departments_of(one.picks) for one in recommended.values())


async def test_picks_of_a_run_without_personalize_are_the_same_too() -> None:
    """Where the run picked by popularity, a ranking that an earlier run left decides nothing."""
    world = await finished(World(), RUN, TOO_LITTLE)
    ranking = KeptRanking(
        customer_id=SOMEBODY, basis="", product_ids=("P60red",), ranked_in=EARLIER, ranked_at=0
    )
    await world.items.put_all([ranking.item()])
    current = current_picks_of(world)
    await current.shops.renew()
    for one in await world.recommended(1):
        answer = await current.find(one.customer_id)
        assert json.loads(answer.picks) == shown(one.picks)
        assert answer.picked_from is PickedFrom.POPULARITY


async def test_a_customer_of_an_earlier_file_has_picks_of_the_latest_shop(world: World) -> None:
    """They are chosen from their own ranking, and do not repeat what their last email held."""
    await finished(world, LATER, TOO_LITTLE)
    current = current_picks_of(world)
    await current.shops.renew()
    recommended = (await world.recommended(2))[-1]
    customer_id, emailed = recommended.customer_id, {one.product.product_id for one in recommended.picks}
    answer = await current.find(customer_id)
    picks = [one.product.product_id for one in read_picks(answer.picks)]
    assert (answer.picked_from, answer.customer.is_known, len(picks)) == (PickedFrom.BATCH, True, 5)
    assert emailed.isdisjoint(picks)


async def test_somebody_unknown_gets_popular_products(world: World) -> None:
    """No file has said anything of them, which the answer says."""
    current = current_picks_of(world)
    await current.shops.renew()
    answer = await current.find("nobody")
    assert (answer.customer.is_known, answer.picked_from) == (False, PickedFrom.POPULARITY)
    assert len(read_picks(answer.picks)) == Rules().min_picks


async def test_an_excluded_customer_gets_nothing_personal_and_costs_nothing(world: World) -> None:
    """As in a run: nobody pays for a ranking of theirs. Their picks are those of somebody unknown."""
    await exclude(world, SOMEBODY)
    campaign = Ranks(["P9red"])
    current = current_picks_of(world, ranks=campaign)
    await current.shops.renew()
    answer = await current.find(SOMEBODY)
    assert (answer.customer.exclusion, answer.picked_from) == (Exclusion.NO_CONSENT, PickedFrom.POPULARITY)
    assert all(one.reason.product_id is None for one in read_picks(answer.picks))
    assert campaign.asked == []


async def test_without_any_run_there_is_no_shop() -> None:
    """The first run has to be studied before anybody can be answered."""
    current = current_picks_of(World())
    await current.shops.renew()
    with pytest.raises(NoShopError):
        await current.find(SOMEBODY)


async def test_a_campaign_ranks_now(world: World) -> None:
    """It knows the events of the last minutes, the ranking of the last run does not."""
    campaign = Ranks(["P60red", "P20blue"])
    current = current_picks_of(world, ranks=campaign)
    await current.shops.renew()
    first = await current.find(SOMEBODY)
    batch = await replace(current, ask=None).find(SOMEBODY)
    assert (first.picked_from, first.fallback) == (PickedFrom.CAMPAIGN, None)
    assert batch.picks != first.picks
    assert campaign.asked == [SOMEBODY]


@pytest.mark.parametrize(
    ("campaign", "why"),
    [
        (Ranks(after_s=9), "no answer within 20 ms"),
        (Ranks(error=NoRankingError("there is no campaign")), "there is no campaign"),
        (Ranks(error=ValueError("about C0")), "Personalize: ValueError"),
        (Ranks(error=THROTTLED), "Personalize: ThrottlingException"),
        (Ranks(), "nothing was ranked"),
    ],
)
async def test_the_kept_ranking_stands_in_for_a_campaign(world: World, campaign: Ranks, why: str) -> None:
    """Slow, absent, failing or empty: picks are those of the batch, and the answer says why."""
    current = current_picks_of(world, ranks=campaign, deadline_s=0.02)
    await current.shops.renew()
    answer = await current.find(SOMEBODY)
    assert (answer.picked_from, answer.fallback) == (PickedFrom.BATCH, why)
    assert answer.picks == (await replace(current, ask=None).find(SOMEBODY)).picks


async def test_the_shops_file_of_today_decides(world: World) -> None:
    """A product that the file excludes is offered no longer once the shop is renewed."""
    current = current_picks_of(world)
    await current.shops.renew()
    before = await current.find(SOMEBODY)
    first = read_picks(before.picks)[0].product.product_id
    await world.objects.put(
        object_keys.MERCHANDISING, f"exclude: {{products: [{first}]}}".encode(), content_type="text/yaml"
    )
    await current.shops.renew()
    after = await current.find(SOMEBODY)
    assert first not in {one.product.product_id for one in read_picks(after.picks)}
    assert after.picks != before.picks


async def test_a_file_of_the_shop_that_cannot_be_used_leaves_that_of_the_run(world: World) -> None:
    """Requests are answered all the same; a run would fail with the reason."""
    current = current_picks_of(world)
    await current.shops.renew()
    before = await current.find(SOMEBODY)
    await world.objects.put(object_keys.MERCHANDISING, b"pin: 7", content_type="text/yaml")
    await current.shops.renew()
    assert (await current.find(SOMEBODY)).picks == before.picks


async def test_a_new_run_is_a_new_shop_and_a_new_day_too(world: World) -> None:
    """On the day of a run the time is the run's; from the next day on that of the day's beginning."""
    began = (await world.ledger.run(RUN)).created_at
    today, tomorrow = (current_picks_of(world, now=began + timedelta(days=days)) for days in (0, 1))
    first, later = await today.shops.find_edition.find(), await tomorrow.shops.find_edition.find()
    assert first is not None
    assert later is not None
    assert (first.run_id, first.now) == (RUN, int(began.timestamp()))
    assert first.now < later.now < first.now + 86_400 <= later.now + 86_400
    await today.shops.renew()
    await finished(world, LATER, TOO_LITTLE)
    await today.shops.renew()
    assert today.shops.current.edition.run_id == LATER


async def test_what_a_customer_does_changes_their_picks_at_once(world: World) -> None:
    """A product that they have bought since is offered no longer."""
    current = current_picks_of(world)
    await current.shops.renew()
    before = await current.find(SOMEBODY)
    first = read_picks(before.picks)[0].product.product_id
    await bought(world, SOMEBODY, first)
    after = await current.find(SOMEBODY)
    assert first not in {one.product.product_id for one in read_picks(after.picks)}
