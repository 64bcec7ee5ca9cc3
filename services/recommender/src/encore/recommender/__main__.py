"""Starts the recommender service."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from recommender.adapters.checks import QueuedChecks
from recommender.adapters.lease import DynamoLease
from recommender.adapters.personalize import AwsPersonalize
from recommender.handler import RecommenderHandler
from recommender.plan import Plan
from recommender.preparation import Preparation
from recommender.selection import Selection
from recommender.settings import RecommenderSettings
from recommender.training import Training
from shared.announcer import SnsAnnouncer
from shared.aws import CONFIG
from shared.bus import Publisher
from shared.events import RecommendationsReady, RunFinished
from shared.ledger import Claims, Ledger
from shared.service import consume, open_queue, run_service
from shared.store import ObjectStore, Table


async def serve(settings: RecommenderSettings, stop: asyncio.Event) -> None:
    """Wire the service to AWS and consume its queue until `stop`."""
    session = get_session()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        s3 = await enter(session.create_client("s3", config=CONFIG))
        sns = await enter(session.create_client("sns", config=CONFIG))
        sqs = await enter(session.create_client("sqs", config=CONFIG))
        dynamodb = await enter(session.create_client("dynamodb", config=CONFIG))
        personalize = await enter(session.create_client("personalize", config=CONFIG))
        ledger = Ledger(dynamodb, settings.runs_table, keep_days=settings.retention_days)
        objects = ObjectStore(s3, settings.data_bucket)
        announcer = SnsAnnouncer(Publisher(sns), source="recommender", topic_arns=_topic_arns(settings))
        queue = await open_queue(sqs, settings.recommender_queue_url, stop=stop)
        handler = RecommenderHandler(
            ledger=ledger,
            claims=Claims(
                dynamodb,
                settings.runs_table,
                quiet_s=queue.visibility_s,
                keep_days=settings.retention_days,
            ),
            preparation=Preparation(objects),
            training=Training(
                ledger=ledger,
                personalize=AwsPersonalize(personalize),
                lease=DynamoLease(
                    dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
                ),
                plan=_plan(settings),
            ),
            selection=Selection(
                ledger=ledger,
                objects=objects,
                recommendations=Table(
                    dynamodb, settings.recommendations_table, keep_days=settings.retention_days
                ),
                announcer=announcer,
            ),
            checks=QueuedChecks(queue, interval_s=settings.recommender_check_interval_s),
            announcer=announcer,
        )
        await consume(queue, handler, settings=settings, stop=stop)


def _topic_arns(settings: RecommenderSettings) -> dict[str, str]:
    return {
        RecommendationsReady.topic: settings.recommendations_ready_topic_arn,
        RunFinished.topic: settings.run_finished_topic_arn,
    }


def _plan(settings: RecommenderSettings) -> Plan:
    return Plan(
        dataset_group=settings.recommender_dataset_group,
        role_arn=settings.personalize_role_arn,
        bucket=settings.data_bucket,
        num_results=settings.recommender_num_results,
    )


def main() -> None:
    """Run until asked to stop."""
    run_service("recommender", RecommenderSettings, serve)


if __name__ == "__main__":
    main()
