"""Personalize is asked nothing for customers who must not be written to; all else is as if they might be."""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from fondly.contracts.consent import address_entry, customer_entry
from fondly.contracts.records import Recommendation, RecommendationSource
from fondly.recommender.domain.personalize import personalize_keys
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.totals import total
from services.recommender.tests.fakes import Shop
from services.recommender.tests.unit.test_excluded import billed, learned_from, recommended
from services.recommender.tests.world import ALONE, ENOUGH, MANY_PARTS, RUN, World
from tests.support.consent import suppressed

BOUNCED = "Somebody@Shop.Example"
SUPPRESSED = [ENOUGH.parts[0][0].customer_id, ENOUGH.parts[0][3].customer_id, ENOUGH.parts[1][2].customer_id]
"""The last by an address that the file writes otherwise."""
OTHERS = [one.customer_id for one in ENOUGH.customers if one.customer_id not in SUPPRESSED]


def with_an_address(shop: Shop) -> Shop:
    """The shop, of whose customers the last suppressed one has an address."""
    second = [
        one.model_copy(update={"email": BOUNCED.lower()}) if one.customer_id == SUPPRESSED[-1] else one
        for one in shop.parts[1]
    ]
    return replace(shop, parts=[shop.parts[0], second])


async def suppress(world: World, entries: Iterable[str]) -> None:
    """Put entries into the table that all runs share."""
    await world.suppressions.put_all([suppressed(each).model_dump(mode="json") for each in entries])


async def finished(world: World) -> list[Recommendation]:
    """Run the shop to its end, while some of its customers must not be written to; return what they get."""
    await suppress(world, [*map(customer_entry, SUPPRESSED[:2]), address_entry(BOUNCED)])
    await world.open(with_an_address(ENOUGH))
    answers = personalize_keys.batch_output(RUN, 1)
    lines = world.objects.stored[answers].splitlines()  # Personalize answers only for whom it was asked
    wanted = [each for each in lines if json.loads(each)["input"]["userId"] in OTHERS]
    world.objects.stored[answers] = b"\n".join(wanted)
    await world.run_to_end()
    return await recommended(world)


def by_source(found: Iterable[Recommendation], source: RecommendationSource) -> list[str]:
    """The customers whose products were chosen by something."""
    return [one.customer_id for one in found if one.source is source]


async def test_nothing_is_paid_to_rank_for_a_suppressed_customer() -> None:
    """The batch job has no line for them; what the shop itself knows picks for them."""
    world = World()
    found = await finished(world)
    asked = world.objects.stored[personalize_keys.batch_input(RUN, 1)].splitlines()
    assert [json.loads(line)["userId"] for line in asked] == OTHERS
    assert await billed(world, "personalize.recommendations") == len(OTHERS)
    assert by_source(found, RecommendationSource.PERSONALIZE) == OTHERS
    assert by_source(found, RecommendationSource.POPULARITY) == SUPPRESSED
    assert all(one.picks for one in found)
    counts = total(await world.ledger.reports(RUN)).counts
    assert (counts["customers_passed_over"], counts["customers_by_popularity"]) == (3, 0)


async def test_what_suppressed_customers_have_counts_all_the_same() -> None:
    """The model learns from them: they have objected to emails, and a training has no price by customer."""
    world, everybody = World(rules=ALONE), World(rules=ALONE)
    found = await finished(world)
    await everybody.open(with_an_address(ENOUGH))
    await everybody.run_to_end()
    assert learned_from(world) == learned_from(everybody)
    lists = {one.customer_id: one for one in await recommended(everybody)}
    assert [one for one in found if one.customer_id in OTHERS] == [lists[each] for each in OTHERS]


async def test_a_bundle_of_suppressed_customers_waits_for_nothing() -> None:
    """Personalize gets no empty file for it, and no output is waited for or read."""
    world, shop = World(), MANY_PARTS
    await suppress(world, [customer_entry(one.customer_id) for part in shop.parts[:4] for one in part])
    await world.open(shop)
    del world.objects.stored[personalize_keys.batch_output(RUN, 1)]
    await world.run_to_end()
    assert personalize_keys.batch_input(RUN, 1) not in world.objects.stored
    assert len(await world.recommended(1)) == len(shop.parts[0])


async def test_a_run_of_suppressed_customers_trains_nothing() -> None:
    """Whoever is left could be learned for, and there is nobody."""
    world = World()
    await suppress(world, [customer_entry(one.customer_id) for one in ENOUGH.customers])
    await world.open(ENOUGH)
    await world.run_to_end()
    assert world.personalize.made == {}
    run = await world.ledger.run(RUN)
    assert (await world.state()).popularity_reason == "nobody to rank products for"
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    assert await billed(world, "personalize.trained_interactions") == Decimal(0)


async def test_a_ranking_that_is_kept_is_not_used_for_a_suppressed_customer_in_a_run() -> None:
    """It stays for real time, which a shop's own pages ask for."""
    world = World()
    await world.open(ENOUGH)
    await world.run_to_end()
    kept = dict(world.items.items)
    await suppress(world, map(customer_entry, SUPPRESSED))
    await world.open(ENOUGH, "run-2")
    del world.objects.stored[personalize_keys.batch_output("run-2", 1)]
    await world.run_to_end("run-2")
    again = [one for part in (1, 2) for one in await world.recommended(part, "run-2")]
    assert by_source(again, RecommendationSource.POPULARITY) == SUPPRESSED
    for one in SUPPRESSED:
        assert world.items.items[one, "ranking"] == kept[one, "ranking"]
