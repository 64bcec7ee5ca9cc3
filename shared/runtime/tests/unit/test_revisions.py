"""What is struck of a run's emails: only while the delivery is held, and whoever had approved begins anew."""

import asyncio
import time
from typing import TYPE_CHECKING, cast

import pytest

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.revisions import MOST_STRIKES, Strike
from fondly.runtime.runs.deliveries import DecisionError, Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.revisions import REVISIONS, Revisions
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.runs import RUN, TABLE

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

LINE, PRODUCT = Strike(wording="w1", field="line", text="Worn by all"), Strike(product_id="P1")


@pytest.fixture
def table() -> InMemoryDynamoDB:
    """An empty table of runs, in which others may come between any two calls."""
    return InMemoryDynamoDB(lambda: asyncio.sleep(0))


@pytest.fixture
async def deliveries(table: InMemoryDynamoDB) -> Deliveries:
    """The run's delivery, which two people have to approve, is held."""
    made = Deliveries(cast("DynamoDBClient", table), TABLE)
    await made.open(RUN, status=DeliveryStatus.HELD, by="a setting", approvers=2)
    return made


@pytest.fixture
def revisions(table: InMemoryDynamoDB, deliveries: Deliveries) -> Revisions:  # noqa: ARG001 - it is held
    """Nothing is struck yet."""
    return Revisions(cast("DynamoDBClient", table), TABLE)


async def test_strikes_are_kept_with_who_made_them_and_why(
    revisions: Revisions, table: InMemoryDynamoDB
) -> None:
    """The second revision follows the first; parts of both are rendered anew. Nothing expires by itself."""
    assert (await revisions.find(RUN)).revisions == ()
    await revisions.add(RUN, [LINE], parts={1, 2}, by="ines", why="not true")
    found = await revisions.add(RUN, [PRODUCT], parts={3}, by="jo")
    assert [(each.number, each.strikes, each.by, each.why) for each in found.revisions] == [
        (1, (LINE,), "ines", "not true"),
        (2, (PRODUCT,), "jo", ""),
    ]
    assert found == await revisions.find(RUN)
    assert (found.number, sorted(found.pending), found.merged) == (2, [1, 2, 3], 0)
    assert "expires_at" not in table.items[RUN, REVISIONS]


async def test_what_is_struck_already_makes_no_revision(revisions: Revisions) -> None:
    """Of several strikes only the new ones are added: a repetition is harmless."""
    first = await revisions.add(RUN, [LINE], parts={1}, by="ines")
    assert await revisions.add(RUN, [LINE], parts={2}, by="jo") == first
    found = await revisions.add(RUN, [LINE, PRODUCT], parts={1}, by="jo")
    assert found.revisions[1].strikes == (PRODUCT,)


async def test_a_strike_voids_the_first_of_two_approvals(
    revisions: Revisions, deliveries: Deliveries
) -> None:
    """What was shown is not what would go out; whoever has seen the delivery before cannot decide on it."""
    before = await deliveries.decide(RUN, Act.APPROVE, by="ines")
    await revisions.add(RUN, [LINE], parts={1}, by="ines")
    found = await deliveries.get(RUN)
    assert (before.first is None, found.first) == (False, None)
    assert (found.revision, found.version) == (1, before.version + 1)
    assert (await deliveries.decide(RUN, Act.APPROVE, by="jo")).status is DeliveryStatus.HELD


@pytest.mark.parametrize("act", [Act.SAMPLE, Act.REJECT])
async def test_nothing_is_struck_of_what_is_not_held(
    revisions: Revisions, deliveries: Deliveries, act: Act
) -> None:
    """Emails may be on their way: neither the revisions nor the delivery change."""
    await deliveries.decide(RUN, act, by="ines", changes={"approvers": 1, "seeds": ("a@shop.example",)})
    before = await deliveries.get(RUN)
    with pytest.raises(DecisionError, match=f"run {RUN} is not held"):
        await revisions.add(RUN, [LINE], parts={1}, by="ines")
    assert (await deliveries.get(RUN), (await revisions.find(RUN)).number) == (before, 0)


async def test_strikes_at_the_same_time_are_all_kept(revisions: Revisions) -> None:
    """Each is a revision that follows the others."""
    strikes = [Strike(product_id=f"P{number}") for number in range(6)]
    await asyncio.gather(*(revisions.add(RUN, [each], parts={1}, by="ines") for each in strikes))
    found = await revisions.find(RUN)
    assert sorted(each.product_id for each in found.strikes) == [f"P{number}" for number in range(6)]
    assert [each.number for each in found.revisions] == [1, 2, 3, 4, 5, 6]


async def test_one_item_holds_so_many_strikes_and_no_more(revisions: Revisions) -> None:
    """The last that fits is taken; one more is refused with the numbers."""
    strikes = [Strike(product_id=f"P{number}") for number in range(MOST_STRIKES + 1)]
    await revisions.add(RUN, strikes[:2], parts={1}, by="ines")
    assert len((await revisions.add(RUN, strikes[2:-1], parts={1}, by="ines")).strikes) == MOST_STRIKES
    with pytest.raises(DecisionError, match=f"has {MOST_STRIKES} strikes, {MOST_STRIKES} at most"):
        await revisions.add(RUN, strikes, parts={1}, by="ines")


async def test_parts_are_through_only_by_the_latest_revision(revisions: Revisions) -> None:
    """What was rendered by an earlier one still shows what a later one has struck."""
    await revisions.add(RUN, [LINE], parts={1, 2}, by="ines")
    await revisions.add(RUN, [PRODUCT], parts={2}, by="ines")
    assert not await revisions.pass_part(RUN, 1, 1)
    assert not await revisions.merged(RUN, 1)
    assert (await revisions.find(RUN)).rendering == 2
    assert await revisions.pass_part(RUN, 1, 2)
    assert (await revisions.find(RUN)).pending == {2}
    assert await revisions.pass_part(RUN, 2, 2)
    assert (await revisions.find(RUN)).rendering == 1
    assert await revisions.merged(RUN, 2)
    found = await revisions.find(RUN)
    assert (found.merged, found.rendering) == (2, 0)


async def test_revisions_expire_with_their_run(table: InMemoryDynamoDB, revisions: Revisions) -> None:
    """After as many days as the ledger keeps runs."""
    kept = Revisions(revisions._dynamodb, TABLE, keep_days=30)
    await kept.add(RUN, [LINE], parts={1}, by="ines")
    expires = int(table.items[RUN, REVISIONS]["expires_at"]["N"])
    assert expires == pytest.approx(time.time() + 30 * SECONDS_PER_DAY, abs=60)
    assert (await kept.find(RUN)).pending == {1}
