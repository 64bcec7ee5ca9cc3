"""Starts the web process: `python -m encore.recommender.web`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from encore.recommender.adapters.customer_records import DynamoDBCustomerRecords
from encore.recommender.adapters.event_sink import AWSEventSink
from encore.recommender.adapters.event_trackers import DynamoDBKnownTracker
from encore.recommender.adapters.kept_events import DynamoDBKeptEvents
from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.personalize_now import AWSOrdersNow, AWSRanksNow
from encore.recommender.adapters.shop_processes import ShopProcesses
from encore.recommender.adapters.stored_shop import LoadStoredShop
from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain.real_time import PickedFrom
from encore.recommender.domain.recent import Recent
from encore.recommender.settings import RecommenderWebSettings
from encore.recommender.use_cases.ask_in_time import AskInTime
from encore.recommender.use_cases.current_picks import CurrentPicks
from encore.recommender.use_cases.find_campaign import FindCampaign
from encore.recommender.use_cases.find_edition import FindEdition
from encore.recommender.use_cases.keep_shop import KeepShop
from encore.recommender.use_cases.know_tracker import KnowTracker
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.record_events import RecordEvents
from encore.recommender.web.app import listening_at, web_app
from encore.recommender.web.events import EventRoutes
from encore.runtime.aws import client_opener
from encore.runtime.logs import get_logger
from encore.runtime.quota.limiter import Limiter
from encore.runtime.readiness import problem_of
from encore.runtime.retry import NO_SDK_RETRIES
from encore.runtime.runs.ledger import Ledger
from encore.runtime.storage import DynamoDBItems, S3Objects
from encore.runtime.web.command import run_web
from encore.runtime.web.server import serve_web

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient

NAME = "recommender-web"
log = get_logger()


def main() -> None:
    """Answer requests, or see whether that is possible."""
    run_web(
        NAME,
        RecommenderWebSettings,
        module="encore.recommender.web",
        description="Answer requests for picks.",
        serve=serve,
        check=check,
    )


async def serve(settings: RecommenderWebSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    log.info("service_started")
    async with opened(settings) as current_picks, recording(settings) as record_events:
        app = web_app(settings, current_picks, more=EventRoutes(record_events).all())
        gc.freeze()
        return await serve_web(app, listening_at(settings), stop=stop, beside=[current_picks.shops.run])


async def check(settings: RecommenderWebSettings, stop: asyncio.Event) -> str:  # noqa: ARG001 - as `serve`
    """Return what does not answer, empty if everything does; that no run has been studied yet is no error."""

    async def look() -> str:
        async with opened(settings) as current_picks:
            await current_picks.shops.find_edition.find()
            await current_picks.customers.read("check", "check")
        return ""

    return await problem_of(look())


@asynccontextmanager
async def opened(settings: RecommenderWebSettings) -> AsyncIterator[CurrentPicks]:
    """Wire the use cases to AWS; no shop is open yet."""
    async with AsyncExitStack() as stack:
        new_client = client_opener(stack, validate=settings.validate_requests)
        s3, dynamodb = await new_client("s3"), await new_client("dynamodb")
        runtime = await new_client("personalize-runtime", retries=NO_SDK_RETRIES)
        objects, ledger = S3Objects(s3, settings.data_bucket), Ledger(dynamodb, settings.runs_table)
        latest_shop = DynamoDBKnownShop(
            dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
        )
        find_campaign = FindCampaign(
            latest_shop=latest_shop,
            ledger=ledger,
            num_results=settings.recommender_num_results,
            promote_new_percent=settings.recommender_promote_new_percent,
            mark_use=DynamoDBWatchedCampaign(
                dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
            ).use,
        )
        load_rules = LoadRules(
            objects=objects, rules=settings.recommender_rules, picks=settings.recommender_picks
        )
        yield CurrentPicks(
            shops=KeepShop(
                find_edition=FindEdition(latest_shop=latest_shop, ledger=ledger, load_rules=load_rules),
                opener=ShopProcesses(
                    load=LoadStoredShop(settings.data_bucket, settings.validate_requests),
                    processes=settings.recommender_web_processes,
                ),
                renew_s=settings.recommender_web_renew_s,
            ),
            customers=DynamoDBCustomerRecords(
                dynamodb,
                histories=settings.histories_table,
                recommendations=settings.recommendations_table,
                contacts=settings.contacts_table,
            ),
            ask=_ask_in_time(settings, runtime, find_campaign),
            engine=settings.recommender_web_engine,
            kept=Recent(settings.recommender_web_kept),
        )


@asynccontextmanager
async def recording(settings: RecommenderWebSettings) -> AsyncIterator[RecordEvents]:
    """Wire the recording of events to AWS."""
    async with AsyncExitStack() as stack:
        new_client = client_opener(stack, validate=settings.validate_requests)
        dynamodb, s3 = await new_client("dynamodb"), await new_client("s3")
        events = await new_client("personalize-events", retries=NO_SDK_RETRIES)
        yield _record_events(settings, S3Objects(s3, settings.data_bucket), dynamodb, events)


def _record_events(
    settings: RecommenderWebSettings,
    objects: S3Objects,
    dynamodb: "DynamoDBClient",
    events: "PersonalizeEventsClient",
) -> RecordEvents:
    """Record events through the tracker that the recommender has made: this process makes none."""

    def items(table: str) -> DynamoDBItems:
        return DynamoDBItems(dynamodb, table, keep_days=settings.retention_days)

    group, table = settings.recommender_dataset_group, settings.recommendations_table
    return RecordEvents(
        kept=DynamoDBKeptEvents(dynamodb, table, items(table), keep_days=settings.retention_days),
        credits=items(settings.runs_table),
        suppressions=items(settings.suppressions_table),
        sink=AWSEventSink(events, Limiter(settings.recommender_put_events_per_s)),
        tracker=KnowTracker(
            trackers=DynamoDBKnownTracker(dynamodb, table=settings.runs_table, name=group), may_make=False
        ),
        objects=objects,
    )


def _ask_in_time(
    settings: RecommenderWebSettings, runtime: "PersonalizeRuntimeClient", find_campaign: FindCampaign
) -> AskInTime:
    ordering_arn = settings.recommender_ranking_campaign_arn
    return AskInTime(
        engines={PickedFrom.CAMPAIGN: AWSRanksNow(runtime, find_campaign.find)},
        orders=AWSOrdersNow(runtime, ordering_arn) if ordering_arn else None,
        deadline_s=settings.recommender_web_deadline_ms / 1000,
        keep_s=settings.recommender_web_ranking_s,
        most_kept=settings.recommender_web_kept,
    )


if __name__ == "__main__":
    main()
