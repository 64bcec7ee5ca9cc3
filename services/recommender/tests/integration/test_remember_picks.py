"""What the table of recommendations remembers, in memory and in DynamoDB."""

import pytest

from fondly.contracts.records import Pick, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.recommender.domain.history.earlier_picks import MAX_EARLIER, EarlierPicks
from fondly.recommender.use_cases.select_products import RememberPicks
from fondly.runtime.ports import Items
from fondly.runtime.storage import DynamoDBItems
from services.recommender.tests.fakes import product
from tests.support.stores import Emulated, InMemoryItems


@pytest.fixture
def table(emulated: Emulated | None) -> Items:
    """An empty table of recommendations."""
    if emulated is None:
        return InMemoryItems("customer_id", "run_id")
    return DynamoDBItems(emulated.clients.dynamodb, emulated.resources.tables["recommendations"])


def recommendation(customer_id: str, *product_ids: str) -> Recommendation:
    """A recommendation of these products."""
    reason = Reason(kind=ReasonKind.POPULAR)
    return Recommendation(
        customer_id=customer_id,
        source=RecommendationSource.POPULARITY,
        picks=tuple(Pick(product=product(each, each), reason=reason) for each in product_ids),
    )


async def select(table: Items, run_id: str, *recommended: Recommendation) -> None:
    """Recall and remember, as a part of a run does."""
    memory = RememberPicks(table)
    recalled = await memory.recall(run_id, [one.customer_id for one in recommended])
    await memory.remember(run_id, recommended, recalled)


async def earlier(table: Items, run_id: str, customer_id: str) -> list[tuple[str, tuple[str, ...]]]:
    """What a run recalls of a customer: run ids and product ids."""
    recalled = await RememberPicks(table).recall(run_id, [customer_id])
    return [(each.run_id, each.product_ids) for each in recalled.get(customer_id, ())]


async def test_nobody_has_earlier_picks_at_first(table: Items) -> None:
    """A customer without an item is read as one without picks."""
    assert await RememberPicks(table).recall("run-1", ["C1", "C2"]) == {}
    assert await RememberPicks(table).recall("run-1", []) == {}


async def test_earlier_picks_are_recalled_newest_first(table: Items) -> None:
    """Those of the customer asked for alone."""
    await select(table, "run-1", recommendation("C1", "P1", "P2"), recommendation("C2", "P9"))
    await select(table, "run-2", recommendation("C1", "P3"))
    assert await earlier(table, "run-3", "C1") == [("run-2", ("P3",)), ("run-1", ("P1", "P2"))]
    assert await earlier(table, "run-3", "C2") == [("run-1", ("P9",))]


async def test_a_part_selected_again_sees_the_same_history(table: Items) -> None:
    """Its own picks, stored before a crash, are not an earlier email, also after a later run."""
    await select(table, "run-1", recommendation("C1", "P1"))
    await select(table, "run-2", recommendation("C1", "P2"))
    assert await earlier(table, "run-2", "C1") == [("run-1", ("P1",))]
    await select(table, "run-2", recommendation("C1", "P2"))
    assert await earlier(table, "run-2", "C1") == [("run-1", ("P1",))]
    assert await earlier(table, "run-3", "C1") == [("run-2", ("P2",)), ("run-1", ("P1",))]
    await select(table, "run-3", recommendation("C1", "P3"))
    assert await earlier(table, "run-2", "C1") == [("run-3", ("P3",)), ("run-1", ("P1",))]


async def test_only_the_last_emails_are_remembered(table: Items) -> None:
    """As many as the rules can ask for, however many runs there were."""
    for number in range(MAX_EARLIER + 5):
        await select(table, f"run-{number}", recommendation("C1", f"P{number}"))
    runs = [run_id for run_id, _ in await earlier(table, "next", "C1")]
    assert runs == [f"run-{number}" for number in range(MAX_EARLIER + 4, 4, -1)]


async def test_more_customers_than_a_batch_are_recalled(table: Items) -> None:
    """DynamoDB reads 100 at a time; a customer named twice is read once."""
    await select(table, "run-1", *(recommendation(f"C{number}", "P1") for number in range(230)))
    ids = [f"C{number}" for number in range(230)]
    recalled = await RememberPicks(table).recall("run-2", [*ids, *ids])
    assert recalled == dict.fromkeys(ids, (EarlierPicks(run_id="run-1", product_ids=("P1",)),))


async def test_each_run_keeps_an_item_of_its_own(table: Items) -> None:
    """What was recommended in a run stays readable by customer and run."""
    await select(table, "run-1", recommendation("C1", "P1"))
    await select(table, "run-2", recommendation("C1", "P2"))
    (item,) = await table.get_all([{"customer_id": "C1", "run_id": "run-1"}])
    assert (item["product_ids"], item["reasons"], item["source"]) == (["P1"], ["popular"], "popularity")
