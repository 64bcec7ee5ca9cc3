"""Asks the recommender's own use case, in this process, on the stores of an environment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.records import Exclusion, Pick
from fondly.operations.environment import Environment, open_client
from fondly.operations.errors import OperationError
from fondly.recommender.adapters.customer_records import DynamoDBCustomerRecords
from fondly.recommender.adapters.personalize.campaign import AWSCampaign
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.realtime.current_picks import Edition, PickedFrom, picks_of, read_picks
from fondly.recommender.ports import OpenedShop
from fondly.recommender.use_cases.current_picks import CurrentPicks, FindEdition, KeepShop
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.study_shop import KnowCatalogue
from fondly.runtime.retry import NO_SDK_RETRIES

NUM_RESULTS = 150
"""How many products to ask for: the recommender's default."""
DEADLINE_S = 5.0
"""How long to wait for Personalize: a person waits longer than a page does."""


class Picked(BaseModel):
    """A customer's current picks, best first, what they come from, and why not from what was asked."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    known: bool
    exclusion: Exclusion | None = None
    picked_from: PickedFrom
    fallback: str | None = None
    run_id: str
    picks: tuple[Pick, ...]
    returned: tuple[str, ...] = ()
    """The ids of what they gave back, and are not offered again."""
    file_problem: str | None = Field(default=None, exclude=True)
    """Why the shop's file is not used, but that of the run."""


async def picked(environment: Environment, customer_id: str, *, picked_from: str, group: str) -> Picked:
    """Return a customer's current picks; raise `OperationError` if there is no shop yet."""
    shops, file_problem = await _shops(environment, group)
    async with _campaign(environment, group) as campaign:
        current = CurrentPicks(
            shops=shops,
            customers=DynamoDBCustomerRecords(
                environment.dynamodb,
                histories=await environment.table("histories"),
                recommendations=await environment.table("recommendations"),
                contacts=await environment.table("contacts"),
            ),
            ask=campaign.rank if picked_from == PickedFrom.CAMPAIGN else None,
            deadline_s=DEADLINE_S,
        )
        answer = await current.find(customer_id)
    return Picked(
        customer_id=customer_id,
        known=answer.customer.is_known,
        exclusion=answer.customer.exclusion,
        picked_from=answer.picked_from,
        fallback=answer.fallback,
        run_id=answer.run_id,
        picks=read_picks(answer.picks),
        returned=tuple(sorted(answer.customer.returned)),
        file_problem=file_problem,
    )


@asynccontextmanager
async def _campaign(environment: Environment, group: str) -> AsyncIterator[AWSCampaign]:
    region = environment.dynamodb.meta.region_name
    async with (
        open_client("personalize", region) as personalize,
        open_client("personalize-runtime", region, retries=NO_SDK_RETRIES) as runtime,
    ):
        yield AWSCampaign(runtime, AWSPersonalize(personalize), group=group, num_results=NUM_RESULTS)


async def _shops(environment: Environment, group: str) -> tuple[KeepShop, str | None]:
    """Open the latest shop in this process; with it comes why its file is not used, if it is not."""
    objects, runs = await environment.objects(), await environment.table("runs")

    async def read(edition: Edition) -> OpenedShop:
        shop = await KnowCatalogue(objects=objects).shop(edition)
        return OpenedShop(edition, lambda wanted: asyncio.to_thread(picks_of, shop, wanted), lambda: None)

    shops = KeepShop(
        find_edition=FindEdition(
            latest_shop=DynamoDBKnownShop(environment.dynamodb, table=runs, name=group),
            ledger=await environment.ledger(),
            load_rules=LoadRules(objects=objects, rules=Rules()),
        ),
        open_shop=read,
        renew_s=1,
    )
    edition = await shops.open()
    if edition is None:
        raise OperationError(
            f"{environment.name} has no shop to pick from: no run of the dataset group {group} got that far"
        )
    return shops, edition.file_problem
