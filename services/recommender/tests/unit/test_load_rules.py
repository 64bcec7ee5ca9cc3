"""Where a run's rules come from, and what a bad file of the shop does to a run."""

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.contracts.events import RecommendationsReady, RunFinished
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.runtime.runs.run import Run, RunStatus
from services.recommender.tests.world import RUN, TOO_LITTLE, World
from tests.support.runs import START
from tests.support.stores import InMemoryObjects

FILE = object_keys.MERCHANDISING
GOOD = b"""
exclude: {products: [P1, P0, P2]}
pin: [P9red]
durable: {Kettles: yes}
complements: {Kettles: [Mugs]}
"""
OPEN = Run(run_id=RUN, created_at=START)


async def test_a_shop_without_a_file_has_only_the_services_rules() -> None:
    """A first run needs no file."""
    load_rules = LoadRules(objects=InMemoryObjects(), rules=Rules(max_per_leaf=1))
    assert await load_rules.load(OPEN) == RunRules(rules=Rules(max_per_leaf=1), shop=ShopRules())


async def test_a_run_keeps_the_rules_it_started_selecting_with() -> None:
    """Neither a new file nor other settings change a run that is resumed; the next run has them."""
    objects = InMemoryObjects()
    objects.stored[FILE] = GOOD
    first = await LoadRules(objects=objects, rules=Rules()).load(OPEN)
    assert first.shop == ShopRules(
        excluded_products=frozenset({"P0", "P1", "P2"}),
        pinned=("P9red",),
        durable={"Kettles": True},
        complements={"Kettles": ("Mugs",)},
    )
    objects.stored[FILE] = b"pin: [P7]"
    changed = LoadRules(objects=objects, rules=Rules(max_per_brand=5))
    assert await changed.load(OPEN) == first
    assert (await changed.load(Run(run_id="run-2", created_at=START))).shop.pinned == ("P7",)


async def test_a_run_keeps_the_number_of_picks_it_started_selecting_with() -> None:
    """All its emails have as many; the next run has another, and one from before the setting has five."""
    objects = InMemoryObjects()
    objects.stored[object_keys.run_rules("run-0")] = b'{"rules": {}, "shop": {}}'
    three = LoadRules(objects=objects, rules=Rules(), picks=3)
    eight = LoadRules(objects=objects, rules=Rules(), picks=8)
    assert (await three.load(OPEN)).picks == 3
    assert (await eight.load(OPEN)).picks == 3
    assert (await eight.load(Run(run_id="run-2", created_at=START))).picks == 8
    assert (await eight.load(Run(run_id="run-0", created_at=START))).picks == 5


async def test_the_rules_of_another_release_are_still_read() -> None:
    """A run may be resumed by a release that no longer has one of the figures."""
    objects = InMemoryObjects()
    objects.stored[object_keys.run_rules(RUN)] = b'{"rules": {"max_per_leaf": 3, "gone": 1}, "shop": {}}'
    assert (await LoadRules(objects=objects, rules=Rules()).load(OPEN)).rules == Rules(max_per_leaf=3)


async def test_a_huge_file_is_refused_without_being_read_whole() -> None:
    """Its size says that it is another file."""
    objects = InMemoryObjects()
    objects.stored[FILE] = b"# " + b"x" * 10**6
    with pytest.raises(InvalidFileError, match=f"{FILE}: line 1: found a file of more than"):
        await LoadRules(objects=objects, rules=Rules()).shop_rules()


async def test_a_bad_file_fails_a_run_before_anything_is_paid() -> None:
    """Nothing is written for Personalize; the reason names the file, the line and what is expected."""
    world = World()
    await world.open()
    world.objects.stored[FILE] = b"pin: [A]\npins: [B]\n"
    stored = set(world.objects.stored)
    await world.start()
    run = await world.ledger.run(RUN)
    assert run.status is RunStatus.FAILED
    assert (run.reason or "").startswith(f"{FILE}: line 2: pins: found the unknown key 'pins'")
    (finished,) = world.announcer.of(RunFinished)
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("failed", run.reason)
    assert world.personalize.made == {}
    assert set(world.objects.stored) == stored


async def test_a_file_that_turned_bad_during_training_fails_the_run_before_anything_is_picked() -> None:
    """What the shop now wants is unknown, so nobody is mailed; the dataset group is free again."""
    world = World()
    await world.open()
    await world.train()
    world.objects.stored[FILE] = b"pin: B\n"
    await world.deliver_sent()
    run = await world.ledger.run(RUN)
    assert (run.status, world.turns.run_id) == (RunStatus.FAILED, None)
    assert "expected a list" in (run.reason or "")
    assert world.announcer.of(RecommendationsReady) == []


async def test_the_rules_are_stored_before_the_first_part_is_picked() -> None:
    """Also for a run by popularity."""
    world = World()
    await world.open(TOO_LITTLE)
    world.objects.stored[FILE] = GOOD
    await world.run_to_end()
    stored = RunRules.model_validate_json(world.objects.stored[object_keys.run_rules(RUN)])
    assert stored.shop.pinned == ("P9red",)


async def test_a_run_names_the_rules_that_match_nothing() -> None:
    """They are warnings: the run goes on."""
    world = World()
    await world.open()
    world.objects.stored[FILE] = b"exclude: {categories: [No Such Shelf]}\npin: [GONE]\n"
    await world.run_to_end()
    run = await world.ledger.run(RUN)
    assert RecommenderState.of(run).unmatched_rules == ("pin: GONE", "exclude.categories: No Such Shelf")
