"""Rankings that are kept: who is ranked again by a later run, and who is not."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.events import RecommendationsReady, Round
from fondly.contracts.records import Customer, Recommendation, RecommendationSource
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.rankings import (
    RANKING,
    KeptRanking,
)
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.recommender.domain.shop.assortment import Assortment
from fondly.runtime import training_minimums
from fondly.runtime.runs.run import RunStatus, StageName
from services.recommender.tests.fakes import Shop, made_up_shop, review
from services.recommender.tests.world import RUN, World, crash

CUSTOMERS = 20
SHOP = made_up_shop(customers=CUSTOMERS, part_size=2)
"""Ten parts, which are three bundles."""
AGAIN = "run-2"
FAMILIES = 72
OUTPUTS = (1, 5, 9)
"""The first parts of the bundles."""


@pytest.fixture(autouse=True)
def _little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Personalize learns from any data, so that a run with few customers is quick to pick for."""
    monkeypatch.setattr(training_minimums, "MIN_INTERACTIONS", 1)
    monkeypatch.setattr(training_minimums, "MIN_RETURNING", 1)


def line(customer_id: str, product_ids: Iterable[str]) -> bytes:
    """One line of the batch job's output."""
    output = {"input": {"userId": customer_id}, "output": {"recommendedItems": list(product_ids)}}
    return json.dumps(output).encode()


def ranking(customer: int) -> list[str]:
    """What Personalize ranks for a customer: forty products, other ones for everybody."""
    return [f"P{(customer + place) % FAMILIES}red" for place in range(40)]


async def open_run(world: World, run_id: str, shop: Shop = SHOP) -> None:
    """Open a run without any results of Personalize."""
    await world.open(shop, run_id)
    for first in OUTPUTS:
        del world.objects.stored[personalize_keys.batch_output(run_id, first)]


async def to_end(world: World, run_id: str, shop: Shop = SHOP) -> list[str]:
    """Run to the end, with Personalize's answer to exactly what it was asked; return for whom that was."""
    await open_run(world, run_id, shop)
    await world.start(run_id)
    await world.deliver_sent(delayed=False)
    asked = answer(world, run_id)
    await world.deliver_sent()
    return asked


def answer(world: World, run_id: str) -> list[str]:
    """Store Personalize's output for its input, as AWS does; return the customers."""
    asked: list[str] = []
    for first in OUTPUTS:
        names = input_of(world, run_id, first)
        if names:
            output = b"\n".join(line(name, ranking(int(name[1:]))) for name in names)
            world.objects.stored[personalize_keys.batch_output(run_id, first)] = output
        asked += names
    return asked


def input_of(world: World, run_id: str, first: int) -> list[str]:
    """The customers in a bundle's input of the batch job; none if there is no file."""
    body = world.objects.stored.get(personalize_keys.batch_input(run_id, first), b"")
    return [json.loads(each)["userId"] for each in body.splitlines()]


def changed(shop: Shop, customer_id: str, change: Callable[[Customer], Customer]) -> Shop:
    """The shop with one customer changed."""
    parts = [[change(one) if one.customer_id == customer_id else one for one in part] for part in shop.parts]
    return replace(shop, parts=parts)


def with_another_review(customer: Customer) -> Customer:
    """The customer, who has reviewed one thing more."""
    return customer.model_copy(update={"reviews": (*customer.reviews, review("R-new", "P70red"))})


def dated(customer: Customer) -> Customer:
    """The customer, whose reviews have a time."""
    reviews = tuple(one.model_copy(update={"timestamp": 1_700_000_000}) for one in customer.reviews)
    return customer.model_copy(update={"reviews": reviews})


async def units(world: World, run_id: str) -> dict[str, Decimal]:
    """What the run's reports have, by unit."""
    total: dict[str, Decimal] = {}
    for report in await world.ledger.reports(run_id):
        for unit, amount in report.units.items():
            total[unit] = total.get(unit, Decimal(0)) + amount
    return total


async def lists(world: World, run_id: str) -> dict[str, Recommendation]:
    """Everybody's recommendation."""
    return {one.customer_id: one for part in range(1, 11) for one in await world.recommended(part, run_id)}


def kept(world: World, customer_id: str) -> dict[str, Any]:
    """The item with a customer's kept ranking."""
    return dict(world.items.items[customer_id, RANKING])


def age(world: World, days: float) -> None:
    """Let all kept rankings be so many days older."""
    for key, item in world.items.items.items():
        if key[1] == RANKING:
            older = item["ranked_at"] - int(days * SECONDS_PER_DAY)
            world.items.items[key] = {**item, "ranked_at": older}


async def test_only_a_changed_customer_and_a_new_one_are_ranked_again() -> None:
    """Nobody else is in the batch job's input or on the bill; all have products that Personalize ranked.

    Bundles without anybody to rank for have no input, and no output of theirs is waited for. Picks differ
    from those of the last email all the same.
    """
    world = World()
    assert await to_end(world, RUN) == [one.customer_id for one in SHOP.customers]
    shop = changed(SHOP, "C9", with_another_review)
    shop.parts[5].append(Customer(customer_id="C99", reviews=(review("R99", "P3red"),)))
    assert await to_end(world, AGAIN, shop) == ["C9", "C99"]
    assert (await units(world, AGAIN))["personalize.recommendations"] == 2
    assert personalize_keys.batch_input(AGAIN, 1) not in world.objects.stored
    before, now = await lists(world, RUN), await lists(world, AGAIN)
    assert {one.source for one in now.values()} == {RecommendationSource.PERSONALIZE}
    for name, one in before.items():
        picked = {pick.product.product_id for pick in one.picks}
        assert picked.isdisjoint(pick.product.product_id for pick in now[name].picks)
    counts = [one.counts.get("rankings_kept", 0) for one in await world.ledger.reports(AGAIN)]
    assert sum(counts) == CUSTOMERS - 1


async def test_a_run_whose_rankings_are_all_kept_needs_no_model() -> None:
    """Nothing is imported, trained or inferred, nothing of that is on the bill, and every part is ready."""
    world = World()
    await to_end(world, RUN)
    made = world.personalize.creations
    ready = len(world.announcer.of(RecommendationsReady))
    assert await to_end(world, AGAIN) == []
    assert world.personalize.creations == made
    assert not [unit for unit in await units(world, AGAIN) if unit.startswith("personalize")]
    assert len(world.announcer.of(RecommendationsReady)) == ready + 10
    run = await world.ledger.run(AGAIN)
    state = await world.state(AGAIN)
    assert (state.is_ranked, state.ranked) == (True, 0)
    assert run.stage(StageName.RECOMMENDER).done == set(range(1, 11))
    assert {one.source for one in (await lists(world, AGAIN)).values()} == {RecommendationSource.PERSONALIZE}


async def test_a_budget_reserves_what_is_ranked_and_not_what_is_kept() -> None:
    """A second run fits into a budget that the first one exceeds."""
    before, first, second = World(), *(World(budget_usd=Decimal("0.002")) for _ in range(2))
    await to_end(before, RUN)
    second.items.items, second.histories.items = before.items.items, before.histories.items
    shop = changed(SHOP, "C9", with_another_review)
    for world in (first, second):
        await to_end(world, AGAIN, shop)
    assert (await first.ledger.run(AGAIN)).status is RunStatus.STOPPED
    assert (await second.ledger.run(AGAIN)).stage(StageName.RECOMMENDER).done == set(range(1, 11))


async def test_whatever_changes_a_customers_rows_has_them_ranked_again() -> None:
    """All that Personalize is told of a customer decides their ranking; a new name or address costs none."""
    world, shop = World(), SHOP
    await to_end(world, RUN)
    changes: dict[str, Callable[[Customer], Customer]] = {
        "C2": with_another_review,
        "C4": dated,
        "C6": lambda one: one.model_copy(update={"reviews": one.reviews[:1]}),  # the other is still known
        "C8": lambda one: one.model_copy(update={"age": 51}),
        "C12": lambda one: one.model_copy(update={"name": "New", "email": "new@example.com"}),
    }
    for customer_id, change in changes.items():
        shop = changed(shop, customer_id, change)
    # What an earlier run found C10's reviews to say is still known.
    scored = [[one for one in part if one.customer_id != "C10"] for part in SHOP.scored]
    assert await to_end(world, AGAIN, replace(shop, scored=scored)) == ["C2", "C4", "C8"]
    assert (await lists(world, AGAIN))["C12"].email == "new@example.com"


async def test_other_settings_of_the_solution_have_everybody_ranked_again() -> None:
    """Such as longer rankings."""
    world = World()
    await to_end(world, RUN)
    other = World(num_results=60)
    other.items.items = world.items.items
    assert len(await to_end(other, AGAIN)) == CUSTOMERS


async def test_a_ranking_is_kept_for_as_many_days_as_the_setting_says() -> None:
    """Then the customer is ranked again, with what the shop has new, and that ranking is kept."""
    world = World()
    await to_end(world, RUN)
    for run_id, days, asked, ranked_in in (("run-2", 13, 0, RUN), ("run-3", 1, CUSTOMERS, "run-3")):
        age(world, days)
        assert len(await to_end(world, run_id)) == asked
        assert kept(world, "C1")["ranked_in"] == ranked_in


@pytest.mark.parametrize(("hour", "is_kept"), [(0, False), (23, False), (24, True)])
def test_days_count_by_the_calendar(hour: int, is_kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A weekly upload that comes some hours early or late is ranked by the same rule."""
    one = KeptRanking(customer_id="C", basis="b", product_ids=("P",), ranked_in=RUN, ranked_at=hour * 3600)
    now = 7 * SECONDS_PER_DAY + 3600
    assert one.stands("b", now=now, days=7, is_sold=lambda _: True) is is_kept


async def test_with_no_days_nothing_is_kept_or_read() -> None:
    """Everybody is ranked by each run, and the table has picks alone."""
    world = World(ranking_days=0)
    assert len(await to_end(world, RUN)) == len(await to_end(world, AGAIN)) == CUSTOMERS
    assert {key for _, key in world.items.items} == {RUN, AGAIN, "latest"}


async def test_a_ranking_that_the_catalogue_has_left_behind_is_made_anew() -> None:
    """Once less than half of it is sold.

    What has left the catalogue, or is sold out, is not picked from a ranking that is kept.
    """
    world = World(picks=1, assortment=Assortment.WHOLE)
    await to_end(world, RUN)
    owned = {each for one in SHOP.customers for each in one.product_ids}
    gone = {f"P{n}{colour}" for n in range(30) for colour in ("red", "blue")}
    products = [
        one.model_copy(update={"in_stock": one.product_id not in gone})
        for one in SHOP.products
        if one.product_id not in gone - owned
    ]
    # Of C9's ranking, from P9 to P48, nineteen are left; C10 has one more.
    assert await to_end(world, AGAIN, replace(SHOP, products=products)) == [f"C{n}" for n in range(10)]
    now = await lists(world, AGAIN)
    assert gone.isdisjoint(pick.product.product_id for one in now.values() for pick in one.picks)
    assert {one.source for one in now.values()} == {RecommendationSource.PERSONALIZE}


async def test_for_whom_personalize_is_asked_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task dies before the input is written; meanwhile another run ranks everybody, and items expire.

    The message that returns writes the input that was decided: nobody who is expected in the output may be
    missing from the input, and nobody is paid for whose ranking is kept.
    """
    world = World()
    await to_end(world, RUN)
    await open_run(world, AGAIN, changed(SHOP, "C1", with_another_review))
    await world.start(AGAIN)
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.objects, "put", crash)
        await world.deliver(RecommenderBundle(round=Round.PREPARE, bundle=1), AGAIN)
    assert input_of(world, AGAIN, 1) == []
    for each in ("C1", "C2"):
        world.items.items.pop((each, RANKING))
    for _ in range(2):
        await world.deliver(RecommenderBundle(round=Round.PREPARE, bundle=1), AGAIN)
        assert input_of(world, AGAIN, 1) == ["C1"]
    await world.deliver_sent(delayed=False)
    answer(world, AGAIN)
    await world.deliver_sent()
    assert (await lists(world, AGAIN))["C2"].source is RecommendationSource.PERSONALIZE


async def test_a_part_that_is_selected_again_keeps_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task dies between keeping the rankings of a part and counting it as done."""
    world = World()
    finish = world.ledger.complete_part
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.ledger, "complete_part", crash)
        await to_end(world, RUN)
    before = kept(world, "C1")
    monkeypatch.setattr(world.ledger, "complete_part", finish)
    for bundle in (1, 2, 3):
        await world.deliver(RecommenderBundle(round=Round.SELECT, bundle=bundle))
    assert kept(world, "C1") == before
    assert sum(key == RANKING for _, key in world.items.items) == CUSTOMERS


async def test_who_got_no_ranking_is_asked_for_again() -> None:
    """An error line of the batch output is nothing to keep."""
    world = World()
    await open_run(world, RUN)
    await world.start(RUN)
    await world.deliver_sent(delayed=False)
    answer(world, RUN)
    key = personalize_keys.batch_output(RUN, 1)
    lines = world.objects.stored[key].splitlines()
    lines[3] = b'{"input":{"userId":"C3"},"output":null,"error":"no luck"}'
    world.objects.stored[key] = b"\n".join(lines)
    await world.deliver_sent()
    assert await to_end(world, AGAIN) == ["C3"]
