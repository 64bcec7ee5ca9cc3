"""What a run learns of a shop from its stored parts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, ReasonKind
from fondly.recommender.domain.history.preferences import preferences_of, scores_by_review
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.run_state import Phase, RecommenderState, bundles_of
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import Shop
from fondly.runtime.batches import batches
from fondly.runtime.runs.run import Run
from services.recommender.tests.fakes import Shop as Stored
from services.recommender.tests.fakes import made_up_shop, preparing
from services.recommender.tests.shops import NOW
from tests.support.runs import with_state
from tests.support.stores import InMemoryObjects, Model

STORED = made_up_shop(customers=120, part_size=120)
RULES = RunRules(rules=Rules(max_per_leaf=1), shop=ShopRules(excluded_products=frozenset({"P1red"})))


async def studied(stored: Stored, objects: InMemoryObjects | None = None, *, bundle_parts: int = 1) -> Shop:
    """The shop that a run learns from what is stored."""
    objects = objects or InMemoryObjects()
    await stored.store(objects, "run")
    prepare, study = preparing(objects)
    run = Run(run_id="run", created_at=datetime.fromtimestamp(NOW, UTC), parts=len(stored.parts))
    begun = RecommenderState().passing(Phase.BEGIN, await prepare.begin(run))
    run = with_state(run, begun.having(bundle_parts=bundle_parts))
    for bundle in bundles_of(run):
        await prepare.do(run, bundle)
    for do, close in ((prepare.gather, prepare.close), (study.do, study.close)):
        for bundle in bundles_of(run):
            await do(run, bundle)
        await close(run)
    return await study.shop(run, RULES)


def cut(stored: Stored, size: int) -> Stored:
    """The same customers in parts of another size, the last ones first."""
    parts = [list(part) for part in batches(stored.customers[::-1], size)]
    known = {(one.customer_id, one.review_id): one for part in stored.scored for one in part}
    scored = [
        [known[one.customer_id, about.review_id] for one in part for about in one.reviews] for part in parts
    ]
    return replace(stored, parts=parts, scored=scored)


@pytest.mark.parametrize(("size", "bundle_parts"), [(1, 1), (1, 7), (50, 2), (119, 1)])
async def test_the_shop_is_the_same_however_its_parts_are_cut(size: int, bundle_parts: int) -> None:
    """Families, links, complements and picks do not depend on which customers are stored together."""
    one, other = await studied(STORED), await studied(cut(STORED, size), bundle_parts=bundle_parts)
    products = list(one.catalogue.products)
    assert [one.catalogue.labels(each) for each in products] == [
        other.catalogue.labels(each) for each in products
    ]
    assert [one.buyers(each) for each in products] == [other.buyers(each) for each in products]
    assert [one.likers(each) for each in products] == [other.likers(each) for each in products]
    assert any(map(one.buyers, products))
    leaves = one.catalogue.sizes
    assert [one.complements.of(leaf) for leaf in leaves] == [other.complements.of(leaf) for leaf in leaves]
    assert picks_of(one, STORED.customers[:20]) == picks_of(other, STORED.customers[:20])


def picks_of(shop: Shop, customers: Sequence[Customer]) -> list[object]:
    """The picks of some customers."""
    scores = scores_by_review(scored for part in STORED.scored for scored in part)
    return [
        pick(Shopper(shop, preferences_of(one, scores), customer_id=one.customer_id)).picks
        for one in customers
    ]


async def test_parts_are_read_one_at_a_time() -> None:
    """No more of them than one is in memory; what is known of its customers is read for its links."""
    objects = Reading()
    await studied(cut(STORED, 50), objects)
    once = [key("run", part) for part in (1, 2, 3) for key in (object_keys.customers, object_keys.sentiment)]
    assert [key for key in objects.read if "part" in key and "learned" not in key] == once


class Reading(InMemoryObjects):
    """Objects that list what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Note the key."""
        self.read.append(key)
        return await super().get_lines(key, kind)


async def test_variants_that_share_reviews_are_found_in_the_customers_reviews() -> None:
    """Red and blue of one number are a family, in whichever part their reviews are."""
    shop = await studied(cut(STORED, 7))
    sold = {product_id for one in STORED.customers for product_id in one.product_ids}
    numbers = {product_id.removesuffix("red") for product_id in sold if product_id.endswith("red")}
    assert all(shop.catalogue.family(f"{n}red") == shop.catalogue.family(f"{n}blue") for n in numbers)


async def test_likes_follow_the_stored_scores() -> None:
    """Of those who bought both, only those who like both count as liking them together."""
    shop = await studied(STORED)
    liked = [(each, shop.likers(each)) for each in shop.catalogue.products if shop.likers(each)]
    assert liked
    for product_id, likers in liked:
        buyers = shop.buyers(product_id)
        assert all(buyers[family].customers >= link.customers for family, link in likers.items())


async def test_the_rules_and_the_time_are_those_of_the_run() -> None:
    """So that a run that is resumed a day later picks the same."""
    shop = await studied(STORED)
    assert shop.now == NOW
    assert shop.rules.max_per_leaf == 1
    assert "P1red" not in shop.offers


async def test_reasons_state_what_the_stored_customers_prove() -> None:
    """However many customers a reason names, so many have both families in the stored parts."""
    shop = await studied(STORED)
    scores = scores_by_review(scored for part in STORED.scored for scored in part)
    linked = [
        (one.product.product_id, one.reason)
        for customer in STORED.customers
        for one in pick(Shopper(shop, preferences_of(customer, scores))).picks
        if one.reason.kind is ReasonKind.BOUGHT_TOGETHER
    ]
    assert linked
    for product_id, reason in linked[:50]:
        families = {shop.catalogue.family(product_id), shop.catalogue.family(str(reason.product_id))}
        owners = [
            customer
            for customer in STORED.customers
            if families <= {shop.catalogue.family(each) for each in customer.product_ids}
        ]
        assert reason.customers == len(owners) >= 2
