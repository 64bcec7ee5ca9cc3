"""Starts the web process: `python -m fondly.recommender.web`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fondly.recommender.adapters.customer_records import DynamoDBCustomerRecords
from fondly.recommender.adapters.kept_events import DynamoDBKeptEvents
from fondly.recommender.adapters.personalize.campaign import PUT_EVENTS_PER_S, AWSCampaign, AWSEventTracker
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.shop_processes import load_stored, open_in_process
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.settings import RecommenderWebSettings
from fondly.recommender.use_cases.current_picks import Ask, CurrentPicks, FindEdition, KeepShop
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.record_events import RecordEvents, Tell
from fondly.recommender.web.app import listening_at, web_app
from fondly.runtime.aws import NewClient, client_opener
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.logs import get_logger
from fondly.runtime.process import run_main
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.readiness import problem_of
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.runtime.web.server import serve_web

log = get_logger()


def main() -> None:
    """Answer requests, or see whether that is possible."""
    run_main(
        "recommender-web",
        RecommenderWebSettings,
        module="fondly.recommender.web",
        description="Answer requests for picks.",
        serve=serve,
        check=check,
    )


async def serve(settings: RecommenderWebSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    log.info("service_started")
    async with opened(settings) as (current_picks, record_events):
        app = web_app(settings, current_picks, record_events)
        gc.freeze()
        return await serve_web(app, listening_at(settings), stop=stop, beside=[current_picks.shops.run])


async def check(settings: RecommenderWebSettings, stop: asyncio.Event) -> str:  # noqa: ARG001 - as `serve`
    """Return what does not answer, empty if everything does; that no run is studied yet is no error."""

    async def look() -> str:
        async with opened(settings) as (current_picks, _):
            none = Edition("check", RunRules(rules=settings.recommender_rules), now=0)
            edition = await current_picks.shops.find_edition.find()
            await current_picks.customers.read("check", edition or none)
        return ""

    return await problem_of(look())


@asynccontextmanager
async def opened(settings: RecommenderWebSettings) -> AsyncIterator[tuple[CurrentPicks, RecordEvents]]:
    """Wire the use cases to AWS; no shop is open yet."""
    async with AsyncExitStack() as stack:
        new_client = client_opener(stack, validate=settings.validate_requests)
        dynamodb = await new_client("dynamodb")
        objects = S3Objects(await new_client("s3"), settings.data_bucket)
        table, keep_days = settings.recommendations_table, settings.retention_days
        items = partial(DynamoDBItems, dynamodb, keep_days=keep_days)
        ask, tell = await _campaign(settings, new_client)
        current_picks = CurrentPicks(
            shops=_shops(settings, objects, dynamodb),
            customers=DynamoDBCustomerRecords(
                dynamodb,
                histories=settings.histories_table,
                recommendations=table,
                contacts=settings.contacts_table,
            ),
            ask=ask,
            deadline_s=settings.recommender_web_deadline_ms / 1000,
        )
        record_events = RecordEvents(
            kept=DynamoDBKeptEvents(dynamodb, table, items(table), keep_days=keep_days),
            credits=items(settings.runs_table),
            suppressions=items(settings.suppressions_table),
            tell=tell,
            objects=objects,
        )
        yield current_picks, record_events


def _shops(settings: RecommenderWebSettings, objects: S3Objects, dynamodb: DynamoDBClient) -> KeepShop:
    table, group = settings.runs_table, settings.recommender_dataset_group
    rules, picks = settings.recommender_rules, settings.recommender_picks
    load = partial(load_stored, settings.data_bucket, validate=settings.validate_requests)
    return KeepShop(
        find_edition=FindEdition(
            latest_shop=DynamoDBKnownShop(dynamodb, table=table, name=group),
            ledger=Ledger(dynamodb, table),
            load_rules=LoadRules(objects=objects, rules=rules, picks=picks),
        ),
        open_shop=partial(open_in_process, load=load),
        renew_s=settings.recommender_web_renew_s,
    )


async def _campaign(
    settings: RecommenderWebSettings, new_client: NewClient
) -> tuple[Ask | None, Tell | None]:
    """Return what ranks now, and what it learns from, where runs keep a campaign."""
    if not settings.recommender_campaign:
        return None, None
    group, personalize = settings.recommender_dataset_group, AWSPersonalize(await new_client("personalize"))
    runtime = await new_client("personalize-runtime", retries=NO_SDK_RETRIES)
    events = await new_client("personalize-events", retries=NO_SDK_RETRIES)
    campaign = AWSCampaign(runtime, personalize, group=group, num_results=settings.recommender_num_results)
    limiter = Limiter(PUT_EVENTS_PER_S)
    return campaign.rank, AWSEventTracker(events, personalize, group=group, limiter=limiter).tell


if __name__ == "__main__":
    main()
