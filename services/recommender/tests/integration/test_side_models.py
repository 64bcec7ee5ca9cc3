"""A whole run that asks for related items and for the order of pins, on understudy."""

import json
from typing import TYPE_CHECKING

import pytest

from encore.contracts import object_keys
from encore.contracts.records import ReasonKind
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.related import RelatedTo
from encore.recommender.settings import RecommenderSettings
from services.recommender.tests import whole_run
from services.recommender.tests.fakes import made_up_shop
from services.recommender.tests.whole_run import OtherServices, serving

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

SHOP = made_up_shop(customers=300, part_size=150)
PINNED = ("P1red", "P20red", "P40red", "P60red")


async def ready(others: OtherServices, run_id: str) -> None:
    """Take a run through the recommender."""
    await others.open(run_id, SHOP)
    await others.announce(run_id, SHOP)
    await others.ready(len(SHOP.parts))


async def pin(others: OtherServices, *product_ids: str) -> None:
    """Pin products for everybody."""
    file = f"pin: [{', '.join(product_ids)}]".encode()
    await others.objects.put(object_keys.MERCHANDISING, file, content_type="text/yaml")


@pytest.mark.timeout(700)
async def test_personalize_says_what_goes_with_products_and_whose_pins_are_whose(
    settings: RecommenderSettings,
    others: OtherServices,
    personalize: "PersonalizeClient",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three models are trained beside one another; a second run with other pins trains none of them."""
    monkeypatch.setattr(whole_run, "PATIENCE_S", 300)
    switched_on = {"recommender_related": True, "recommender_personal_pins": True}
    await pin(others, *PINNED)
    async with serving(settings.model_copy(update=switched_on)):
        await ready(others, "run-1")
        related = await others.objects.get_lines(learned_keys.related("run-1"), RelatedTo)
        await pin(others, *PINNED, "P70red")
        await ready(others, "run-2")
    recipes = sorted(
        one["recipeArn"].rpartition("/")[2] for one in (await personalize.list_solutions())["solutions"]
    )
    assert recipes == ["aws-personalized-ranking-v2", "aws-user-personalization-v2"]  # related: removed
    assert len(related) == len({one.removesuffix("red").removesuffix("blue") for one in _owned()})
    assert all(one.related for one in related)
    assert await others.objects.get_lines(learned_keys.related("run-2"), RelatedTo) == related

    lines = (await others.objects.get(personalize_keys.pins_output("run-1", 1))).splitlines()
    orders = {one["input"]["userId"]: one["output"]["recommendedItems"] for one in map(json.loads, lines)}
    assert len(orders) == 300
    assert all(sorted(order) == sorted(PINNED) for order in orders.values())
    assert len({tuple(order) for order in orders.values()}) > 1
    for one in await others.recommendations("run-1", 2):
        pins = {each.product.product_id for each in one.picks if each.reason.kind is ReasonKind.FEATURED}
        owned = set(next(c for c in SHOP.customers if c.customer_id == one.customer_id).product_ids)
        best = [each for each in orders[one.customer_id] if each not in owned]
        if not owned & {f"{each.removesuffix('red')}{c}" for each in PINNED for c in ("red", "blue")}:
            assert pins == set(best[:2])
    again = (await others.objects.get(personalize_keys.pins_output("run-2", 1))).splitlines()
    assert {len(json.loads(one)["output"]["recommendedItems"]) for one in again} == {5}


def _owned() -> set[str]:
    return {product_id for one in SHOP.customers for product_id in one.product_ids}
