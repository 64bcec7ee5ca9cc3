"""How parts of recommendations are stored and announced."""

from collections import Counter
from dataclasses import replace

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import (
    EventData,
    RecommendationsReady,
    Round,
)
from fondly.contracts.records import (
    Customer,
    Recommendation,
    RecommendationSource,
)
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.picking.recommending import recommend
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.runtime.runs.totals import total
from services.recommender.tests.baskets import ALL
from services.recommender.tests.fakes import product, review
from services.recommender.tests.shops import shelf, shop_of
from services.recommender.tests.world import RUN, TOO_LITTLE, World, crash
from tests.support.stores import InMemoryAnnouncer


async def test_a_crash_while_selecting_repeats_only_unfinished_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part that is done is not announced again; one that is selected again gets the same products.

    Those that the first attempt remembered are not an earlier email.
    """
    world = World()
    await world.open()
    finish = world.ledger.complete_part
    monkeypatch.setattr(world.ledger, "complete_part", crash)
    with pytest.raises(RuntimeError):
        await world.run_to_end()
    first_part = object_keys.recommendations(RUN, 1)
    before = world.objects.stored[first_part]
    monkeypatch.setattr(world.ledger, "complete_part", finish)
    last = RecommenderBundle(round=Round.SELECT, bundle=1)
    await world.deliver(last)
    await world.deliver(last)
    assert world.objects.stored[first_part] == before
    parts = [data.part for data in world.announcer.of(RecommendationsReady)]  # type: ignore[attr-defined] # narrowed by `of`
    assert parts == [1, 1, 2]
    assert len(set(world.announcer.ids)) == 2


async def test_only_the_customer_without_a_ranking_gets_popular_products() -> None:
    """An error line of the batch output affects its own customer only."""
    world = World()
    await world.open()
    key = personalize_keys.batch_output(RUN, 1)
    lines = world.objects.stored[key].splitlines()
    lines[0] = b'{"input":{"userId":"C0"},"output":null,"error":"no luck"}'
    world.objects.stored[key] = b"\n".join(lines)
    await world.run_to_end()
    sources = [one.source for one in await world.recommended(1)]
    assert sources[0] is RecommendationSource.POPULARITY
    assert set(sources[1:]) == {RecommendationSource.PERSONALIZE}
    assert all(3 <= len(one.picks) <= 5 for one in await world.recommended(1))


class ImmediateMailer(InMemoryAnnouncer):
    """Reads a part and its run's totals as soon as the part is announced, like a mailer with no delay."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Recommendation] = []
        self.missing: list[int] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the part and the totals of this moment."""
        await super().announce(run_id, *events)
        for data in events:
            assert isinstance(data, RecommendationsReady)
            self.read += await self.world.objects.get_lines(data.key, Recommendation)
            counts = total(await self.world.ledger.reports(run_id)).counts
            self.missing.append(sum(len(one.picks) for one in self.read) - counts["recommendations"])


async def test_a_part_is_stored_and_in_the_totals_before_it_is_announced() -> None:
    """The mailer may read it at once and, after the last part, end the run: both must be complete by then."""
    mailer = ImmediateMailer()
    world = World(announcer=mailer)
    mailer.world = world
    await world.open(TOO_LITTLE)
    await world.run_to_end()
    assert mailer.missing == [0, 0]
    assert len(mailer.read) == len(TOO_LITTLE.customers)


def families(recommendation: Recommendation) -> set[str]:
    """The numbers of the made-up products that were picked, without their colours."""
    return {pick.product.product_id.removesuffix("red").removesuffix("blue") for pick in recommendation.picks}


async def test_a_later_run_picks_nothing_of_the_last_two_emails() -> None:
    """Neither the same products nor variants of them; the third run after one may pick it again."""
    world = World()
    lists: list[list[set[str]]] = []
    for run_id in ("run-1", "run-2", "run-3"):
        await world.open(TOO_LITTLE, run_id)
        await world.run_to_end(run_id)
        lists.append([families(one) for part in (1, 2) for one in await world.recommended(part, run_id)])
    assert len(lists[0]) == len(TOO_LITTLE.customers)
    for first, second, third in zip(*lists, strict=True):
        assert min(map(len, (first, second, third))) >= 3
        assert len(first | second | third) == len(first) + len(second) + len(third)


async def test_a_shop_may_allow_repeats() -> None:
    """With no email to look back on, equal data gives equal lists."""
    world = World(rules=Rules(emails_without_repeats=0))
    for run_id in ("run-1", "run-2"):
        await world.open(TOO_LITTLE, run_id)
        await world.run_to_end(run_id)
    assert await world.recommended(1, "run-1") == await world.recommended(1, "run-2")


async def test_only_as_many_emails_as_the_setting_says_are_looked_back_on() -> None:
    """With one, the third list may be the first one again."""
    world = World(rules=Rules(emails_without_repeats=1))
    for run_id in ("run-1", "run-2", "run-3"):
        await world.open(TOO_LITTLE, run_id)
        await world.run_to_end(run_id)
    first, second, third = [await world.recommended(1, run_id) for run_id in ("run-1", "run-2", "run-3")]
    assert all(families(one).isdisjoint(families(other)) for one, other in zip(first, second, strict=True))
    assert first == third


async def test_every_rule_that_yielded_is_counted_in_the_parts_report() -> None:
    """Five products of one category: two of each list are there despite the rule for categories."""
    people = [Customer(customer_id=f"C{n}") for n in range(3)]
    products = shelf(("Kitchen", "Pantry", "Tea"), 5)
    world = World()
    await world.open(replace(TOO_LITTLE, products=products, sentiments=[], parts=[people], scored=[[]]))
    await world.run_to_end()
    counts = total(await world.ledger.reports(RUN)).counts
    despite = {name: count for name, count in counts.items() if name.startswith("picks_despite_") and count}
    assert despite == {"picks_despite_leaf": 6}
    assert counts["customers_short_of_products"] == 0


async def test_a_customer_for_whom_the_shop_has_too_little_is_counted() -> None:
    """They get what there is; three are enough."""
    people = [Customer(customer_id="C0", reviews=(review("R", "tea0"),)), Customer(customer_id="C1")]
    world = World()
    products = shelf(("Kitchen", "Pantry", "Tea"), 3)
    await world.open(replace(TOO_LITTLE, products=products, sentiments=[], parts=[people], scored=[[]]))
    await world.run_to_end()
    counts = total(await world.ledger.reports(RUN)).counts
    assert (counts["recommendations"], counts["customers_short_of_products"]) == (5, 1)


def listed(recommendation: Recommendation) -> tuple[str, ...]:
    """The picked products, best first."""
    return tuple(one.product.product_id for one in recommendation.picks)


def test_a_ranking_of_a_whole_category_decides_what_is_picked_of_it() -> None:
    """Against the popularity of its products; without a ranking that decides alone."""
    teas = [
        one.model_copy(update={"rating_count": 90 + 40 * n})
        for n, one in enumerate(shelf(("Pantry", "Tea"), 30))
    ]
    shop = shop_of(teas)
    customers = [Customer(customer_id=f"C{n}", reviews=(review(f"R{n}", "tea15"),)) for n in range(20)]
    ranking = [one.product_id for one in teas if one.product_id != "tea15"]
    ranked = recommend(Told(customers, (), {}), dict.fromkeys((f"C{n}" for n in range(20)), ranking), shop)
    popular = recommend(Told(customers, (), {}), {}, shop)
    assert {one.source for one in ranked.recommendations} == {RecommendationSource.PERSONALIZE}
    assert {one.source for one in popular.recommendations} == {RecommendationSource.POPULARITY}
    picked = [one for each in ranked.recommendations for one in listed(each)]
    assert sum(one in ranking[: len(ranking) // 2] for one in picked) > 0.9 * len(picked)
    picked = [one for each in popular.recommendations for one in listed(each)]
    assert sum(one in ranking[len(ranking) // 2 :] for one in picked) > 0.9 * len(picked)


@pytest.mark.parametrize("owned", [("tea0",), ()])
@pytest.mark.parametrize("is_ranked", [True, False])
def test_customers_with_equal_histories_do_not_all_get_one_list(
    owned: tuple[str, ...], *, is_ranked: bool
) -> None:
    """Whether or not they have reviewed anything and have a ranking, which is then the same as well."""
    ranking = [one.product_id for one in ALL if one.product_id not in owned] if is_ranked else []
    names = [f"C{n}" for n in range(200)]
    customers = [
        Customer(customer_id=name, reviews=tuple(review(f"R{name}", one) for one in owned)) for name in names
    ]
    recommended = recommend(Told(customers, (), {}), dict.fromkeys(names, ranking), shop_of(ALL))
    lists = Counter(map(listed, recommended.recommendations))
    assert max(lists.values()) < 0.75 * len(customers)
    assert (
        recommend(Told(customers[::-1], (), {}), dict.fromkeys(names, ranking), shop_of(ALL)).recommendations
        == (recommended.recommendations[::-1])
    )


def test_a_product_is_in_few_lists_but_of_those_whose_things_it_fits() -> None:
    """Three of a hundred lists in a large catalogue; more in a small one, and of few lists."""
    leaves = [("Home", "Shelves", f"Things {n}") for n in range(140)]
    things = [one for leaf in leaves for one in shelf(leaf, 10)]
    case = product("case", "Clear Case for iPhone 13", ("Electronics", "Phones", "Phone Cases"))
    phone = product("phone", "Apple iPhone 13", ("Electronics", "Phones", "Smartphones"))
    shop = shop_of([*things, case, phone])
    assert (shop.most_lists(1_000), shop.most_lists(100)) == (30, 10)
    assert shop_of(ALL).most_lists(1_000) > 1_000
    names = [f"C{n}" for n in range(1_000)]
    owned = (things[0].product_id, "phone")
    customers = [
        Customer(customer_id=name, reviews=tuple(review(f"R{name}{one}", one) for one in owned))
        for name in names
    ]
    recommended = recommend(Told(customers, (), {}), {}, shop).recommendations
    lists = Counter(one for each in recommended for one in listed(each))
    assert lists.pop("case") > 900
    assert max(lists.values()) <= 30
    assert all(len(each.picks) >= shop.min_picks for each in recommended)
