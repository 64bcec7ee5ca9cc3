"""Campaigns that are asked while a customer waits, on understudy."""

from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.session import get_session

from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.personalize_now import AWSOrdersNow, AWSRanksNow
from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain.engines import EngineName
from encore.recommender.domain.real_time import PickedFrom, read_picks
from encore.recommender.ports import NoRankingError
from encore.recommender.settings import RecommenderSettings
from encore.recommender.use_cases.find_campaign import FindCampaign
from encore.recommender.web.__main__ import opened
from encore.runtime.aws import CONFIG
from encore.runtime.runs.ledger import Ledger
from encore.stack.provision import Resources
from services.recommender.tests.fakes import made_up_shop
from services.recommender.tests.real_time import web_settings
from services.recommender.tests.whole_run import OtherServices, serving
from tests.support.stores import Clients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient

pytestmark = pytest.mark.timeout(700)

RUN = "run-1"
SHOP = made_up_shop(customers=600, part_size=300)


@pytest.fixture
async def runtime(understudy: str) -> "AsyncIterator[PersonalizeRuntimeClient]":
    """A client of campaigns."""
    async with get_session().create_client(
        "personalize-runtime", endpoint_url=understudy, config=CONFIG
    ) as client:
        yield client


async def test_picks_of_the_runs_campaign_are_those_of_the_run(
    settings: RecommenderSettings,
    others: OtherServices,
    clients: Clients,
    resources: Resources,
) -> None:
    """It is asked with the run's filters and number of products, and kept from being deleted as unused."""
    with_campaign = settings.model_copy(
        update={"recommender_engine": EngineName.CAMPAIGN, "recommender_campaign_calls_per_s": 400.0}
    )
    async with serving(with_campaign):
        await others.open(RUN, SHOP)
        await others.announce(RUN, SHOP)
        await others.ready(2)
    web = web_settings(
        data_bucket=resources.buckets["data"],
        runs_table=resources.tables["runs"],
        recommendations_table=resources.tables["recommendations"],
        histories_table=resources.tables["histories"],
        contacts_table=resources.tables["contacts"],
        suppressions_table=resources.tables["suppressions"],
        recommender_web_deadline_ms=10_000,
    )
    async with opened(web) as current:
        assert await current.shops.open()
        watched = await _watched(clients, resources).get()
        for one in (await others.recommendations(RUN, 2))[:25]:
            answer = await current.find(one.customer_id, engine=PickedFrom.CAMPAIGN)
            assert (answer.source, answer.fallback) == (PickedFrom.CAMPAIGN, None)
            picks = read_picks(answer.picks or b"")
            assert [each.product for each in picks] == [
                each.product.model_copy(update={"bullets": (), "cost_class": None}) for each in one.picks
            ]
        used = await _watched(clients, resources).get()
        assert watched is not None
        assert used is not None
        assert used.beat != watched.beat
        await current.shops.close()


def _watched(clients: Clients, resources: Resources) -> DynamoDBWatchedCampaign:
    return DynamoDBWatchedCampaign(clients.dynamodb, table=resources.tables["runs"], name="encore")


async def test_a_campaign_that_is_gone_or_was_never_made_is_no_failure(
    clients: Clients, resources: Resources, runtime: "PersonalizeRuntimeClient"
) -> None:
    """Callers go on with what is kept, and Personalize is asked again next time."""
    latest = DynamoDBKnownShop(clients.dynamodb, table=resources.tables["runs"], name="encore")
    ledger = Ledger(clients.dynamodb, resources.tables["runs"])
    now = 0.0
    find = FindCampaign(latest_shop=latest, ledger=ledger, num_results=25, keep_s=30, clock=lambda: now)
    with pytest.raises(NoRankingError, match="no run has made a campaign"):
        await AWSRanksNow(runtime, find.find).ask("C1")
    gone = "arn:aws:personalize:eu-west-1:000000000000:campaign/gone"
    await ledger.open_run(RUN, source="s3://b/k")
    await ledger.set_step(RUN, campaign=gone, filter="arn:aws:personalize:eu-west-1:000000000000:filter/x")
    await latest.set(RUN)
    assert await find.find() is None
    now = 31.0
    found = await find.find()
    assert found is not None
    assert (found.campaign_arn, found.num_results) == (gone, 25)
    with pytest.raises(NoRankingError, match="not active"):
        await AWSRanksNow(runtime, find.find).ask("C1")
    with pytest.raises(NoRankingError, match="not active"):
        await AWSOrdersNow(runtime, gone).order("C1", ["a"])


@pytest.mark.parametrize("customer_id", ['C"1', "C\n1"])
async def test_ids_that_personalize_would_change_are_not_sent(
    runtime: "PersonalizeRuntimeClient", customer_id: str
) -> None:
    """The answer would be about somebody else."""

    async def find() -> Any:  # noqa: ANN401 - not called
        raise AssertionError("nobody looks for a campaign")

    with pytest.raises(NoRankingError, match="not one that Personalize accepts"):
        await AWSRanksNow(runtime, find).ask(customer_id)
    with pytest.raises(NoRankingError, match="not one that Personalize accepts"):
        await AWSOrdersNow(runtime, "arn").order(customer_id, ["a"])
