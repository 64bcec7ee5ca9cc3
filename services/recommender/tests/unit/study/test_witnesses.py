"""Whether ranking pays in a shop: what witnesses tell, and what decides it."""

import json
from collections.abc import Callable

import pytest

from fondly.contracts.events import RecommenderPoll
from fondly.contracts.records import Customer, EventKind, RecommendationSource
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.rankings import RANKING, RunRanking
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.witnesses import Hit, Witness, chosen, verdict
from fondly.runtime import training_minimums
from fondly.runtime.runs.run import Run
from services.recommender.tests.fakes import an_event, made_up_shop, purchase, review
from services.recommender.tests.world import RUN, World, crash
from tests.support.runs import START

SHOP = made_up_shop(customers=400, part_size=50)
"""Eight parts, which are two bundles."""
FIRSTS = (1, 5)
MISS, LEAF, FAMILY = Hit(family=False, leaf=False), Hit(family=False, leaf=True), Hit(family=True, leaf=True)


@pytest.fixture(autouse=True)
def _little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Personalize learns from any data."""
    monkeypatch.setattr(training_minimums, "MIN_INTERACTIONS", 1)
    monkeypatch.setattr(training_minimums, "MIN_RETURNING", 1)


def of(customer: Customer) -> Witness | None:
    """The witness that a customer, or their twin, makes."""
    twins = (customer, customer.model_copy(update={"customer_id": "twin"}))
    people = [History.of(one, {}, run_id=RUN, now=100) for one in twins]
    people += [History(customer_id=f"C{n}") for n in range(4)]
    decided = {one.customer_id: RunRanking(customer_id=one.customer_id, basis="") for one in people}
    found = chosen(people, decided, run=Run(run_id=RUN, created_at=START, parts=1), part=1, most=9)
    return found[0] if found else None


def test_the_newest_product_is_held_out_with_all_that_its_reviews_name() -> None:
    """Neither its variants nor a look at it may tell what somebody wanted next."""
    customer = Customer(
        customer_id="C",
        reviews=(review("R1", "P1", timestamp=10), review("R2", "P2red", "P2blue", timestamp=20)),
        purchases=(purchase("O1", "P2red", 30), purchase("O2", "P3", 5)),
    )
    witness = of(customer)
    assert witness is not None
    assert witness.held_out == ("P2blue", "P2red")
    assert witness.told.customer.product_ids == ("P1", "P3")
    looked = witness.with_events([an_event(customer_id="C", product_id="P2red", kind=EventKind.VIEWED)])
    assert looked.without(witness.held_out).looks == ()


@pytest.mark.parametrize(("least", "is_one"), [(4, True), (5, False)])
def test_a_run_that_just_suffices_to_train_on_has_none(
    monkeypatch: pytest.MonkeyPatch, *, least: int, is_one: bool
) -> None:
    """Half of the eight products of both twins must still be enough."""
    monkeypatch.setattr(training_minimums, "MIN_INTERACTIONS", least)
    reviews = tuple(review(f"R{n}", f"P{n}", timestamp=n) for n in range(1, 5))
    assert (of(Customer(customer_id="C", reviews=reviews)) is not None) == is_one


@pytest.mark.parametrize("reviews", [(), (review("R1", "P1", "P2"),)])
def test_whoever_has_one_product_is_no_witness(reviews: tuple[object, ...]) -> None:
    """Nothing would be left to rank by."""
    assert of(Customer.model_validate({"customer_id": "C", "reviews": reviews})) is None


@pytest.mark.parametrize(
    ("with_ranking", "half", "without", "weight", "told"),
    [
        ([FAMILY] * 4 + [MISS] * 36, [MISS] * 40, [MISS] * 40, 1.0, "pays here"),
        ([MISS] * 40, [FAMILY] * 4 + [MISS] * 36, [MISS] * 40, 0.5, "pays here"),
        ([LEAF] * 5 + [MISS] * 35, [MISS] * 40, [MISS] * 40, 1.0, "pays here"),
        ([FAMILY] + [MISS] * 39, [MISS] * 40, [MISS] * 40, 0.5, "may pay here"),  # as likely as heads
        ([FAMILY] * 4 + [MISS] * 36, [FAMILY] * 4 + [MISS] * 36, [MISS] * 40, 0.5, "pays here"),
        ([MISS] * 40, [MISS] * 40, [FAMILY] * 4 + [MISS] * 36, 0.0, "does not pay here"),
        ([MISS] * 40, [MISS] * 40, [MISS] * 40, 0.0, "does not pay here"),
    ],
)
def test_ranking_counts_where_it_gains(
    with_ranking: list[Hit], half: list[Hit], without: list[Hit], weight: float, told: str
) -> None:
    """More next purchases are among the picks; that it pays is said where that is hardly chance."""
    found, why = verdict({1.0: with_ranking, 0.5: half, 0.0: without})
    assert found == weight
    assert why.startswith(told)
    assert "of 40 next purchases" in why


def shown(_: str, held_out: str) -> list[str]:
    """A ranking that begins with what somebody wanted next."""
    first = [held_out] if held_out else []
    return first + [one.product_id for one in SHOP.products[:40] if one.product_id != held_out]


async def trained(world: World, ranked: Callable[[str, str], list[str]] = shown) -> None:
    """Take a run up to Personalize's answers, which are there for exactly those asked about."""
    await world.open(SHOP)
    await world.start()
    await world.deliver_sent(delayed=False)
    for first in FIRSTS:
        known = await world.objects.get_lines(learned_keys.witnesses(RUN, first), Witness)
        held_out = {one.customer_id: one.held_out[0] for one in known}
        for who in (personalize_keys.EVERYBODY, personalize_keys.WITNESSES):
            answered = personalize_keys.batch_output(RUN, first, who)
            asked = personalize_keys.batch_input(RUN, first, who)
            lines = world.objects.stored.get(asked, b"").splitlines()
            names = [json.loads(line)["userId"] for line in lines]
            output = [
                {"input": {"userId": one}, "output": {"recommendedItems": ranked(one, held_out.get(one, ""))}}
                for one in names
            ]
            world.objects.stored[answered] = "\n".join(map(json.dumps, output)).encode()


async def witnesses(world: World) -> list[Witness]:
    """All witnesses of the run."""
    found = [await world.objects.get_lines(learned_keys.witnesses(RUN, first), Witness) for first in FIRSTS]
    return [one for each in found for one in each]


async def test_personalize_is_not_told_what_is_held_out() -> None:
    """It is asked about witnesses like about all others, once, and counted so."""
    world = World(witnesses=60)
    await trained(world)
    known = await witnesses(world)
    assert 40 <= len(known) <= 60
    rows, asked = set(), list[str]()
    for first in FIRSTS:
        key = personalize_keys.rows(RUN, personalize_keys.INTERACTIONS, first)
        rows |= {tuple(line.split(",")[:2]) for line in world.objects.stored[key].decode().splitlines()}
        for who in (personalize_keys.EVERYBODY, personalize_keys.WITNESSES):
            body = world.objects.stored[personalize_keys.batch_input(RUN, first, who)]
            asked += [json.loads(line)["userId"] for line in body.splitlines()]
    for one in known:
        assert not {(one.customer_id, each) for each in one.held_out} & rows
        assert {(one.customer_id, each) for each in one.told.customer.product_ids} <= rows
    assert sorted(asked) == sorted(one.customer_id for one in SHOP.customers)
    assert (await world.state()).ranked == len(asked)


async def test_a_ranking_that_knows_what_is_wanted_next_counts() -> None:
    """The run says what it is worth, and picks by it."""
    world = World(witnesses=100)
    await trained(world)
    await world.deliver_sent()
    state = await world.state()
    assert (state.ranking_weight, str(state.ranking).split(":")[0]) == (1, "pays here")
    assert "weight 1" in str(state.ranking)


async def test_a_ranking_that_says_nothing_counts_for_nothing() -> None:
    """The lists are then those of a run without it."""
    world, without = World(witnesses=100), World(asks_personalize=False)
    await trained(world, lambda *_: ["P0red"])
    await world.deliver_sent()
    assert (await world.state()).ranking_weight == 0
    await without.open(SHOP)
    await without.run_to_end()
    for mine, theirs in zip(await world.recommended(1), await without.recommended(1), strict=True):
        assert mine.picks == theirs.picks
        assert mine.source is RecommendationSource.PERSONALIZE


async def test_a_run_without_witnesses_goes_by_the_run_before() -> None:
    """Or, without one, by how long histories are: here they are short."""
    world = World(witnesses=10)
    await trained(world)
    await world.deliver_sent()
    state = await world.state()
    assert (state.ranking_weight, state.ranking) == (0, "has too few witnesses to tell if it pays; weight 0")
    await world.set_state(ranking_weight=1)
    await world.open(SHOP, "run-2")  # everybody's ranking is kept, but those of witnesses
    await world.run_to_end("run-2")
    state = await world.state("run-2")
    assert str(state.ranking).startswith("counts as in the run before")
    assert (state.ranked, state.witnesses) == (len(await witnesses(world)), 0)


async def test_the_weight_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task dies before it is recorded, or before selection is shared out: the next one goes on the same."""
    world = World(witnesses=100)
    await trained(world)
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.polls, "send_data", crash)
        await world.deliver_sent()
    decided = (await world.state()).ranking_weight
    for first in FIRSTS:
        world.objects.stored[personalize_keys.batch_output(RUN, first, personalize_keys.WITNESSES)] = b""
    await world.deliver(RecommenderPoll(attempt=99))
    assert (await world.state()).ranking_weight == decided == 1


async def test_what_witnesses_got_is_kept_but_not_used_again() -> None:
    """It does not know all of them: the next run asks anew, and real time has an order until then."""
    world = World(witnesses=60)
    await trained(world)
    names = {one.customer_id for one in await witnesses(world)}
    await world.deliver_sent()
    kept = {name: item for (name, key), item in world.items.items.items() if key == RANKING}
    assert len(kept) == len(SHOP.customers)
    assert {name for name, item in kept.items() if not item["basis"]} == names
    assert all(item["product_ids"] for item in kept.values())
