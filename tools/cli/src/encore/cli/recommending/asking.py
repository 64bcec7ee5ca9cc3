"""Asks the recommender's own use case, in this process, on the stores of an environment."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from encore.cli.environment import Environment
from encore.cli.errors import CommandError
from encore.cli.output import say
from encore.cli.recommending.views import Ordered, Picked, Placed
from encore.recommender.adapters.customer_records import DynamoDBCustomerRecords
from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.personalize_now import AWSOrdersNow, AWSRanksNow
from encore.recommender.adapters.shop_here import ShopHere, ShopsHere
from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.real_time import Edition, PickedFrom, read_picks
from encore.recommender.domain.rules import Rules
from encore.recommender.use_cases.ask_in_time import AskInTime
from encore.recommender.use_cases.current_picks import CurrentPicks
from encore.recommender.use_cases.find_campaign import FindCampaign
from encore.recommender.use_cases.find_edition import FindEdition
from encore.recommender.use_cases.keep_shop import KeepShop
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.open_shop import open_current_shop
from encore.runtime.aws import CONFIG
from encore.runtime.retry import NO_SDK_RETRIES

if TYPE_CHECKING:
    from encore.contracts.records import Product

NUM_RESULTS = 150
"""As many products as the recommender asks for by default."""
DEADLINE_S = 5.0
"""A person waits longer for Personalize than a page does."""


async def picked(environment: Environment, customer_id: str, *, engine: str, group: str) -> Picked:
    """Return a customer's current picks; raise `CommandError` if there is no shop yet."""
    async with _current_picks(environment, group) as current:
        answer = await current.find(customer_id, engine=PickedFrom(engine))
    return Picked(
        customer_id=customer_id,
        known=answer.is_known,
        exclusion=answer.exclusion,
        engine=answer.source,
        fallback=answer.fallback,
        run_id=answer.run_id,
        picks=read_picks(answer.picks or b"[]"),
    )


async def ordered(
    environment: Environment,
    customer_id: str,
    product_ids: Sequence[str],
    *,
    group: str,
    campaign_arn: str | None = None,
) -> Ordered:
    """Return products in the order for a customer: a ranking campaign's if there is one, else our own.

    Raises `CommandError` if there is no shop yet, or no id.
    """
    given = [one.strip() for one in product_ids if one.strip()]
    if not given:
        raise CommandError("--among has no product id, expected some separated by commas")
    async with _current_picks(environment, group, campaign_arn) as current:
        answer = await current.order(customer_id, given)
        products = _products(current)
    return Ordered(
        customer_id=customer_id,
        known=answer.is_known,
        engine=answer.source,
        fallback=answer.fallback,
        run_id=answer.run_id,
        products=tuple(
            Placed(product_id=one, name=products[one].name, category=products[one].category)
            for one in answer.product_ids
        ),
        unknown=tuple(answer.unknown),
    )


@asynccontextmanager
async def _current_picks(
    environment: Environment, group: str, ordering_arn: str | None = None
) -> AsyncIterator[CurrentPicks]:
    runs, shops = await environment.table("runs"), await _shops(environment, group)
    find_campaign = FindCampaign(
        latest_shop=shops.find_edition.latest_shop,
        ledger=shops.find_edition.ledger,
        num_results=NUM_RESULTS,
        mark_use=DynamoDBWatchedCampaign(environment.dynamodb, table=runs, name=group).use,
    )
    region = environment.dynamodb.meta.region_name
    async with get_session().create_client(
        "personalize-runtime", region_name=region, config=CONFIG.merge(AioConfig(retries=NO_SDK_RETRIES))
    ) as runtime:
        yield CurrentPicks(
            shops=shops,
            customers=DynamoDBCustomerRecords(
                environment.dynamodb,
                histories=await environment.table("histories"),
                recommendations=await environment.table("recommendations"),
                contacts=await environment.table("contacts"),
            ),
            ask=AskInTime(
                engines={PickedFrom.CAMPAIGN: AWSRanksNow(runtime, find_campaign.find)},
                orders=AWSOrdersNow(runtime, ordering_arn) if ordering_arn else None,
                deadline_s=DEADLINE_S,
                keep_s=0,
                most_kept=0,
            ),
        )


async def _shops(environment: Environment, group: str) -> KeepShop:
    """Open the latest shop in this process."""
    objects, runs = await environment.objects(), await environment.table("runs")

    async def read(edition: Edition) -> CurrentShop:
        return await open_current_shop(objects, edition)

    shops = KeepShop(
        find_edition=FindEdition(
            latest_shop=DynamoDBKnownShop(environment.dynamodb, table=runs, name=group),
            ledger=await environment.ledger(),
            load_rules=LoadRules(objects=objects, rules=Rules()),
            figures_of_run=True,
        ),
        opener=ShopsHere(read),
        renew_s=1,
    )
    if not await shops.open():
        raise CommandError(
            f"{environment.name} has no shop to pick from: no run of the dataset group {group} got that far"
        )
    if problem := shops.current.edition.file_problem:
        say(f"the shop's file is not used, but that of the run: {problem}")
    return shops


def _products(current: CurrentPicks) -> "Mapping[str, Product]":
    shop = current.shops.current
    return shop.open.shop.catalogue.products if isinstance(shop, ShopHere) else {}
