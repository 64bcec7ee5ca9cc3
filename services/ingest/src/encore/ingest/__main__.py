"""The ingest service: `python -m ingest`."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from encore.contracts.events import DataIngested, RunFinished
from encore.ingest.adapters.s3_files import S3Files as Bucket
from encore.ingest.handler import Handler
from encore.ingest.settings import IngestSettings
from encore.ingest.use_cases.ingest_upload import IngestUpload as Intake
from encore.ingest.use_cases.ingest_upload import Limits
from encore.ingest.use_cases.publish_parts import Publication
from encore.ingest.use_cases.supersede import Succession
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.aws import CONFIG
from encore.runtime.queue.publisher import Publisher
from encore.runtime.runs.latest import NewestRuns
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.locks import Locks
from encore.runtime.service import consume, open_queue, run_service
from encore.runtime.storage import DynamoDBItems, S3Objects


async def serve(settings: IngestSettings, stop: asyncio.Event) -> None:
    """Wire the service to AWS and consume notifications until asked to stop."""
    session = get_session()
    async with AsyncExitStack() as stack:
        s3 = await stack.enter_async_context(session.create_client("s3", config=CONFIG))
        sqs = await stack.enter_async_context(session.create_client("sqs", config=CONFIG))
        sns = await stack.enter_async_context(session.create_client("sns", config=CONFIG))
        dynamodb = await stack.enter_async_context(session.create_client("dynamodb", config=CONFIG))
        topic_arns = {
            DataIngested.topic: settings.data_ingested_topic_arn,
            RunFinished.topic: settings.run_finished_topic_arn,
        }
        bucket = Bucket(s3, settings.data_bucket)
        runs, keep_days = settings.runs_table, settings.retention_days
        ledger = Ledger(dynamodb, runs, keep_days=keep_days)
        publication = Publication(
            files=bucket,
            objects=S3Objects(s3, settings.data_bucket),
            products=DynamoDBItems(dynamodb, settings.products_table),
            customers=DynamoDBItems(dynamodb, settings.customers_table, keep_days=keep_days),
            reviews=DynamoDBItems(dynamodb, settings.reviews_table, keep_days=keep_days),
            announcer=SNSAnnouncer(Publisher(sns), source="ingest", topic_arns=topic_arns),
            ledger=ledger,
        )
        queue = await open_queue(sqs, settings.ingest_uploads_queue_url, stop=stop)
        handler = Handler(
            bucket,
            ledger,
            Locks(dynamodb, runs, quiet_s=queue.visibility_s, keep_days=keep_days),
            Succession(NewestRuns(dynamodb, runs), ledger, publication.announcer),
            Intake(publication, _limits(settings)),
        )
        await consume(queue, handler, settings=settings, stop=stop)


def _limits(settings: IngestSettings) -> Limits:
    return Limits(
        part_reviews=settings.ingest_part_reviews,
        max_bytes=settings.ingest_max_bytes,
        default_currency=settings.ingest_currency,
        temp_dir=settings.ingest_temp_dir,
    )


def main() -> None:
    """Run the service."""
    run_service("ingest", IngestSettings, serve)


if __name__ == "__main__":
    main()
