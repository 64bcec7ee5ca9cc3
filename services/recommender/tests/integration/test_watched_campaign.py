"""What is recorded of a campaign, on the emulator's DynamoDB."""

from datetime import UTC, datetime

import pytest

from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain.campaigns import WatchedCampaign
from encore.stack.provision import Resources
from tests.support.stores import Clients

BEGUN = WatchedCampaign("w1", 0, "b1", "run-1", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def watched(clients: Clients, resources: Resources) -> DynamoDBWatchedCampaign:
    """No campaign yet."""
    return DynamoDBWatchedCampaign(clients.dynamodb, table=resources.tables["runs"], name="shop")


async def test_a_campaign_is_recorded_as_it_was_begun(watched: DynamoDBWatchedCampaign) -> None:
    """A new watch takes the place of the one before."""
    assert await watched.get() is None
    assert await watched.begin(BEGUN)
    assert await watched.get() == BEGUN
    later = BEGUN._replace(watch="w2", run_id="run-2")
    assert await watched.begin(later)
    assert await watched.get() == later
    assert not await watched.polled("w1", 3)
    assert await watched.polled("w2", 3)
    found = await watched.get()
    assert found
    assert found.poll == 3


async def test_a_use_decides_against_the_end_if_it_comes_first(watched: DynamoDBWatchedCampaign) -> None:
    """And comes too late afterwards: conditional writes decide, not who looked when."""
    assert not await watched.use(), "there is nothing to use"
    await watched.begin(BEGUN)
    assert await watched.use()
    assert not await watched.rest("w1", "b1")
    found = await watched.get()
    assert found
    assert await watched.rest("w1", found.beat)
    assert not await watched.use()
    assert not await watched.begin(BEGUN)
    assert not await watched.rest("w1", found.beat)


async def test_only_what_is_resting_is_forgotten(watched: DynamoDBWatchedCampaign) -> None:
    """A watch that has begun anew meanwhile stays."""
    await watched.begin(BEGUN)
    await watched.forget("w1")
    assert await watched.get() == BEGUN
    await watched.rest("w1", "b1")
    await watched.forget("w2")
    assert await watched.get()
    await watched.forget("w1")
    await watched.forget("w1")
    assert await watched.get() is None
