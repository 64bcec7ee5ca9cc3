"""A campaign that is asked while a customer waits, on understudy."""

from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from fondly.recommender.adapters.personalize.campaign import AWSCampaign
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.domain.realtime.current_picks import PickedFrom, read_picks
from fondly.recommender.ports import NoRankingError
from fondly.recommender.settings import RecommenderSettings
from fondly.recommender.web.__main__ import opened
from fondly.runtime.aws import CONFIG
from fondly.stack.provision import Resources
from services.recommender.tests.fakes import made_up_shop
from services.recommender.tests.real_time import web_settings
from services.recommender.tests.whole_run import OtherServices, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from types_aiobotocore_personalize.client import PersonalizeClient
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
    resources: Resources,
) -> None:
    """It is asked with the run's filter and number of products."""
    async with serving(settings.model_copy(update={"recommender_campaign": True})):
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
        recommender_campaign=True,
        recommender_web_deadline_ms=10_000,
    )
    async with opened(web) as (current, _):
        await current.shops.open()
        for one in (await others.recommendations(RUN, 2))[:25]:
            answer = await current.find(one.customer_id)
            assert (answer.picked_from, answer.fallback) == (PickedFrom.CAMPAIGN, None)
            picks = read_picks(answer.picks)
            assert [each.product for each in picks] == [
                each.product.model_copy(update={"bullets": (), "cost_class": None}) for each in one.picks
            ]
        current.shops.close()


async def test_a_campaign_that_is_gone_or_was_never_made_is_no_failure(
    personalize: "PersonalizeClient", runtime: "PersonalizeRuntimeClient"
) -> None:
    """Callers go on with what is kept."""
    ranks = AWSCampaign(runtime, AWSPersonalize(personalize), group="fondly", num_results=25)
    with pytest.raises(NoRankingError, match="there is no campaign"):
        await ranks.rank("C1")
    ranks._arn.found = "arn:aws:personalize:eu-west-1:000000000000:campaign/gone"
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        await ranks.rank("C1")


@pytest.mark.parametrize("customer_id", ['C"1', "C\n1"])
async def test_ids_that_personalize_would_change_are_not_sent(
    personalize: "PersonalizeClient", runtime: "PersonalizeRuntimeClient", customer_id: str
) -> None:
    """The answer would be about somebody else."""
    with pytest.raises(NoRankingError, match="not one that Personalize accepts"):
        await AWSCampaign(runtime, AWSPersonalize(personalize), group="fondly", num_results=25).rank(
            customer_id
        )
