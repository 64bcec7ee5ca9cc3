"""How parts of recommendations are stored and announced."""

import pytest

from encore.contracts import object_keys
from encore.contracts.events import (
    EventData,
    RecommendationsReady,
    RecommenderPoll,
)
from encore.contracts.records import Recommendation, RecommendationSource
from encore.runtime.runs.totals import total
from services.recommender.tests.world import RUN, TOO_LITTLE, World, crash
from tests.support.stores import InMemoryAnnouncer


async def test_a_crash_while_selecting_repeats_only_unfinished_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part that the ledger records as done is neither stored nor announced again."""
    world = World()
    await world.open()
    finish = world.ledger.complete_part
    monkeypatch.setattr(world.ledger, "complete_part", crash)
    with pytest.raises(RuntimeError):
        await world.run_to_end()
    monkeypatch.setattr(world.ledger, "complete_part", finish)
    last = RecommenderPoll(attempt=world.polls.sent[-1][1])
    await world.deliver(last)
    await world.deliver(last)
    parts = [data.part for data in world.announcer.of(RecommendationsReady)]  # type: ignore[attr-defined] # narrowed by `of`
    assert parts == [1, 1, 2]
    assert len(set(world.announcer.ids)) == 2


async def test_only_the_customer_without_a_ranking_gets_popular_products() -> None:
    """An error line of the batch output affects its own customer only."""
    world = World()
    await world.open()
    key = object_keys.personalize(RUN, "output/part-00001.json.out")
    lines = world.objects.stored[key].splitlines()
    lines[0] = b'{"input":{"userId":"C0"},"output":null,"error":"no luck"}'
    world.objects.stored[key] = b"\n".join(lines)
    await world.run_to_end()
    sources = [one.source for one in await world.recommended(1)]
    assert sources[0] is RecommendationSource.POPULARITY
    assert set(sources[1:]) == {RecommendationSource.PERSONALIZE}
    assert all(len(one.picks) == 5 for one in await world.recommended(1))


class ImmediateMailer(InMemoryAnnouncer):
    """Reads a part and its run's totals as soon as the part is announced, like a mailer with no delay."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.read = 0
        self.counted_before: list[int] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the part and the totals of this moment."""
        await super().announce(run_id, *events)
        for data in events:
            assert isinstance(data, RecommendationsReady)
            self.read += len(await self.world.objects.get_lines(data.key, Recommendation))
            counts = total(await self.world.ledger.reports(run_id)).counts
            self.counted_before.append(counts["recommendations"] - 5 * data.customers)


async def test_a_part_is_stored_and_in_the_totals_before_it_is_announced() -> None:
    """The mailer may read it at once and, after the last part, end the run: both must be complete by then."""
    mailer = ImmediateMailer()
    world = World(announcer=mailer)
    mailer.world = world
    await world.open(TOO_LITTLE)
    await world.run_to_end()
    assert mailer.counted_before == [0, 5 * len(TOO_LITTLE.parts[0])]
    assert mailer.read == len(TOO_LITTLE.customers)
