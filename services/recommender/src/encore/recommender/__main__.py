"""Starts the recommender service."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from encore.contracts.events import RecommendationsReady, RunFinished
from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.adapters.polls import SQSPolls
from encore.recommender.adapters.turns import DynamoDBTurns as DynamoLease
from encore.recommender.domain.plan import Plan
from encore.recommender.handler import RecommenderHandler
from encore.recommender.settings import RecommenderSettings
from encore.recommender.use_cases.prepare_data_sets import Preparation
from encore.recommender.use_cases.select_products import Selection
from encore.recommender.use_cases.train import Training
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.aws import CONFIG
from encore.runtime.queue.publisher import Publisher
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.locks import Locks
from encore.runtime.service import consume, open_queue, run_service
from encore.runtime.storage import DynamoDBItems, S3Objects


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
        objects = S3Objects(s3, settings.data_bucket)
        announcer = SNSAnnouncer(Publisher(sns), source="recommender", topic_arns=_topic_arns(settings))
        queue = await open_queue(sqs, settings.recommender_queue_url, stop=stop)
        handler = RecommenderHandler(
            ledger=ledger,
            locks=Locks(
                dynamodb,
                settings.runs_table,
                quiet_s=queue.visibility_s,
                keep_days=settings.retention_days,
            ),
            preparation=Preparation(objects),
            training=Training(
                ledger=ledger,
                personalize=AWSPersonalize(personalize),
                lease=DynamoLease(
                    dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
                ),
                plan=_plan(settings),
            ),
            selection=Selection(
                ledger=ledger,
                objects=objects,
                recommendations=DynamoDBItems(
                    dynamodb, settings.recommendations_table, keep_days=settings.retention_days
                ),
                announcer=announcer,
            ),
            checks=SQSPolls(queue, interval_s=settings.recommender_poll_interval_s),
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
